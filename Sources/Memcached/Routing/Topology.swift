package import MemcachedFraming

/// The servers at one time, and the ring that places keys on them. Another configuration is another topology.
package final class Topology: Sendable {
    /// What holds for calls and nodes at that time.
    package let configuration: ClientConfiguration
    /// One for each server, in the same order.
    package let nodes: [Node]
    private let ring: KetamaRing
    /// Of each node's slots, one after the other; all nodes have as many.
    private let places: [Place]

    package init(_ configuration: ClientConfiguration, node: (MemcachedServer) -> Node) {
        self.configuration = configuration
        let servers = configuration.servers
        nodes = servers.map(node)
        ring = KetamaRing(servers.map { ($0.ringName, $0.weight) })
        places = nodes.enumerated().flatMap { index, node in
            node.slots.enumerated().map { Place(node: node, slot: $1, index: index, slotIndex: $0) }
        }
    }

    /// Where a key belongs. An object that stays, since all calls refer to it: each reference more is one that their threads count.
    package final class Place: Sendable {
        package let node: Node
        package let slot: ConnectionSlot
        /// The node's index in the configuration.
        package let index: Int
        package let slotIndex: Int

        fileprivate init(node: Node, slot: ConnectionSlot, index: Int, slotIndex: Int) {
            self.node = node
            self.slot = slot
            self.index = index
            self.slotIndex = slotIndex
        }
    }

    package var slots: [ConnectionSlot] { places.map(\.slot) }

    package var servers: [MemcachedServer] { configuration.servers }

    /// Whether all keys belong to one connection.
    package var hasOnePlace: Bool { places.count == 1 }

    package func place(of key: ItemKey) -> Place {
        if hasOnePlace { return places[0] }
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
        let slotCount = places.count / nodes.count
        return places[index * slotCount + Int(hash.lane) % slotCount]
    }
}
