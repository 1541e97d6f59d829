/// What callers occupy on a connection; nothing where all of them have had their answers.
package struct ConnectionLoad: Equatable, Sendable {
    /// Requests in flight, those included whose callers have given up.
    package var requests: Int
    /// The bytes of these requests.
    package var bytes: Int
    /// Callers that wait: for the connection, or for room on it.
    package var waiting: Int

    package init(requests: Int = 0, bytes: Int = 0, waiting: Int = 0) {
        self.requests = requests
        self.bytes = bytes
        self.waiting = waiting
    }

    package static let none = ConnectionLoad()
}
