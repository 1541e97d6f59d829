package import MemcachedFraming
package import NIOCore

extension Cluster {
    /// Sends a request to its key's server, or to another one where the failure policy says so.
    package func send(
        _ request: Request,
        for key: ItemKey,
        demanding version: ItemVersion? = nil,
        timeout: TimeAmount
    ) async throws(MemcachedError) -> Node.Answer {
        let deadline = now + timeout
        noteMissedStart()
        var route = Route(policy: configuration.failurePolicy)
        while true {
            let place: Topology.Place
            do {
                place = try route.next(for: key, in: topology)
            } catch {
                throw error.naming(key: key)
            }
            do {
                return try await place.node.send(request, on: place.slot, demanding: version, deadline: deadline)
            } catch {
                guard route.goesOn(after: error, at: place.node) else { throw error.error.naming(key: key) }
            }
        }
    }
}
