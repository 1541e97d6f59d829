package import NIOCore

/// Told of what goes over a connection, in any thread.
package protocol ConnectionObserver: AnyObject, Sendable {
    /// Bytes were handed to the socket.
    func sent(bytes: Int)
    func received(bytes: Int)
    /// A request that had to wait for room in the connection's bounds waits no longer.
    func waitedForRoom(_ time: TimeAmount)
}

/// Who listens to a connection, as its configuration has it: the same one, or another.
struct ConnectionListener: Equatable, Sendable {
    let observer: (any ConnectionObserver)?

    static func == (one: ConnectionListener, other: ConnectionListener) -> Bool {
        one.observer === other.observer
    }
}
