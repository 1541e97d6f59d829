import MemcachedFraming

/// The way of one call through the fleet: which servers it has asked in vain, and so where it goes next.
struct Route: Sendable {
    private let policy: FailurePolicy
    /// With another number of connections the same server is another node, of the same health.
    private var failed: [Node] = []
    /// What the caller learns if no server can be reached: the error of the key's own.
    private(set) var firstError: MemcachedError?

    init(policy: FailurePolicy) {
        self.policy = policy
    }

    /// Where the request goes.
    ///
    /// - Throws: the error that ends the call, where no server is left that may be asked.
    func next(for key: ItemKey, in topology: Topology) throws(MemcachedError) -> Topology.Place {
        let own = topology.place(of: key)
        guard isUsable(own.node) else {
            guard policy == .nextServer, let next = topology.place(of: key, where: isUsable) else {
                throw firstError ?? Self.leftOut(own.node)
            }
            return next
        }
        return own
    }

    private func isUsable(_ node: Node) -> Bool {
        !node.health.isEjected && !failed.contains { $0.health === node.health }
    }

    /// A server has failed. Returns whether the call may go on.
    mutating func goesOn(after failure: NodeFailure, at node: Node) -> Bool {
        // The list of servers has changed: the key has another one now.
        if failure.error.code == .serverRemoved { return true }
        guard policy == .nextServer, failure.mayGoElsewhere else { return false }
        failed.append(node)
        if firstError == nil { firstError = failure.error }
        return true
    }

    private static func leftOut(_ node: Node) -> MemcachedError {
        MemcachedError(
            .connectionFailed,
            "the server has failed several times in a row and is left out until it answers again; nothing was sent",
            server: node.address
        )
    }
}
