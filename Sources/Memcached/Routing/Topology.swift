package import MemcachedFraming

/// The servers at one time, and the ring that places keys on them. Another list of servers is another topology.
package final class Topology: Sendable {
    package let servers: [MemcachedServer]
    /// One for each server, in the same order.
    package let nodes: [Node]
    private let ring: KetamaRing

    package init(servers: [MemcachedServer], node: (MemcachedServer) -> Node) {
        self.servers = servers
        nodes = servers.map(node)
        ring = KetamaRing(servers.map { ($0.ringName, $0.weight) })
    }

    /// Where a key belongs.
    package struct Place: Sendable {
        package let node: Node
        package let slot: ConnectionSlot
        /// The node's index in the configuration.
        package let index: Int
        package let slotIndex: Int
    }

    /// Whether all keys belong to one connection.
    package var hasOnePlace: Bool { nodes.count == 1 && nodes[0].slots.count == 1 }

    package func place(of key: ItemKey) -> Place {
        if hasOnePlace {
            return Place(node: nodes[0], slot: nodes[0].slots[0], index: 0, slotIndex: 0)
        }
        let hash = KeyHash(key)
        return place(on: ring.owner(of: hash), hash)
    }

    /// Where a key goes while some nodes are out of the question: to the next server on the ring. Nil where all are.
    package func place(of key: ItemKey, where isEligible: (Node) -> Bool) -> Place? {
        let hash = KeyHash(key)
        // Each node once: a ring has many points of each.
        let eligible = nodes.map(isEligible)
        guard eligible.contains(true) else { return nil }
        return ring.owner(of: hash) { eligible[$0] }.map { place(on: $0, hash) }
    }

    private func place(on index: Int, _ hash: KeyHash) -> Place {
        let slots = nodes[index].slots
        let slotIndex = Int(hash.lane) % slots.count
        return Place(node: nodes[index], slot: slots[slotIndex], index: index, slotIndex: slotIndex)
    }
}
