/// What a test or a soak looks at from outside of the calls.
extension MemcachedClient {
    /// What callers occupy on each connection, or wait for where there is none now.
    package var loads: [(server: ServerAddress, load: ConnectionLoad)] {
        cluster.topology.nodes.flatMap { node in
            node.slots.map { slot in
                var load = slot.current?.connection.load ?? .none
                load.waiting += slot.waitingCount
                return (node.address, load)
            }
        }
    }

    /// The connection that a key's requests take now; nil where there is none.
    package func connection(for key: String) throws(MemcachedError) -> Connection? {
        cluster.topology.place(of: try itemKey(key)).slot.current?.connection
    }
}
