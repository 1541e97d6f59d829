import NIOCore

/// What a test or a soak looks at from outside of the calls.
extension MemcachedClient {
    /// What callers occupy on each connection, or wait for where there is none now.
    package var loads: [(server: ServerAddress, load: ConnectionLoad)] {
        cluster.topology.nodes.flatMap { node in
            node.slots.map { slot in
                var load = slot.own?.connection.load ?? .none
                load.waiting += slot.waitingCount
                return (node.address, load)
            }
        }
    }

    /// The most that was ever in use at a time on each connection that there is now.
    package var peakLoads: [(server: ServerAddress, load: ConnectionLoad)] {
        cluster.topology.nodes.flatMap { node in
            node.slots.compactMap { slot in
                slot.own.map { (server: node.address, load: $0.connection.peakLoad) }
            }
        }
    }

    /// The connection that a key's requests take now; nil where there is none.
    package func connection(for key: String) throws(MemcachedError) -> Connection? {
        cluster.topology.place(of: try itemKey(key)).slot.current?.connection
    }

    /// Closes the present connections to a server without a word, as where the network does. What is on the wire may be
    /// carried out or not; the connections are replaced.
    package func cutConnections(to server: ServerAddress) {
        for node in cluster.topology.nodes where node.address == server {
            for slot in node.slots { slot.current?.connection.channel.close(mode: .all, promise: nil) }
        }
    }
}
