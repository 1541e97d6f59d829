package import NIOCore

/// Writes to a connection's socket on the thread of whoever calls, past the event loop. What it writes must not come between the bytes
/// of what the loop writes: ``Outbox`` sees to that.
package protocol DirectWriter: AnyObject, Sendable {
    /// Writes as much as the socket takes at once, without waiting. Returns what is left, all of it where the socket has failed: the
    /// loop writes that, and learns of the failure.
    func write(_ segments: [ByteBuffer]) -> [ByteBuffer]

    /// Lets go of the socket, after a write that is under way.
    func close()
}
