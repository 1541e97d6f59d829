package import NIOCore

/// Writes to a connection's socket on the thread of whoever calls, past the event loop. What it writes must not come between the bytes
/// of what the loop writes: ``Outbox`` sees to that.
package protocol DirectWriter: AnyObject, Sendable {
    /// Writes as much as the socket takes at once, without waiting. Returns what is left: the loop writes that, and meets the error where
    /// there was one.
    func write(_ segments: [ByteBuffer]) -> [ByteBuffer]

    /// Lets go of the socket, after a write that is under way.
    func close()
}
