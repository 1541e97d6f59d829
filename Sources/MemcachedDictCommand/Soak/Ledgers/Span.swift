/// When a call happened, as the soak itself knows its servers, and not as the client says.
struct Span: Sendable {
    /// The life of the server in which the call began; odd while the server is being killed.
    let begin: Int
    /// The life in which it ended.
    let end: Int
    /// The connection that the call took; nil where that isn't known.
    let wire: Wire?

    /// Whether all of the call happened in one life of the server, so that what it tells can be held against the ledger.
    var isWithinOneLife: Bool { begin == end && begin.isMultiple(of: 2) }
}

/// A connection's identity. It holds the connection, so that no later one gets the same.
struct Wire: Sendable, Equatable {
    private let connection: any AnyObject & Sendable

    init(_ connection: any AnyObject & Sendable) {
        self.connection = connection
    }

    static func == (one: Wire, other: Wire) -> Bool { one.connection === other.connection }
}
