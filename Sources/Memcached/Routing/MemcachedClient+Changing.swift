/// What a client is set to, and how that changes while it runs.
extension MemcachedClient {
    /// Takes another configuration while the client runs, for it and all its views. Calls go by it from now on.
    ///
    /// Views made by ``timeout(_:)`` keep their timeouts. Servers are changed as ``setServers(_:)`` does. No call fails because of a change.
    ///
    /// Where connections would be made otherwise, as with another ``ClientConfiguration/connection``, each is replaced when a new one has
    /// been established: it serves until then, and what it was sent is still answered. Where none can be, as with a wrong password or a
    /// server that has no room for one more, it goes on serving, and the log warns at each attempt. A version that was read before can
    /// still be compared where the server tells which process it is, as memcached does, and its name leads to the same address; else it is
    /// ``MemcachedError/Code/versionUnusable``, which ``MemcachedDict/update(forKey:expiration:attempts:whenUnknown:_:)`` takes for a
    /// conflict.
    ///
    /// The event loops, the logger and the backends of metrics and spans stay. Dictionaries follow what is set for them.
    ///
    /// - Throws: ``MemcachedError/Code/invalidArgument`` that names the wrong setting, and ``MemcachedError/Code/clientClosed``. Nothing has
    ///   changed then.
    public func apply(_ configuration: Configuration) throws(MemcachedError) {
        try cluster.apply(configuration)
    }

    /// The configuration as it is now.
    public var configuration: Configuration { cluster.configuration }

    /// The servers as they are now.
    public var servers: [MemcachedServer] { cluster.topology.servers }

    /// Changes the list of servers while the client runs, for it and all its views. Keys are placed by the new list from now on.
    ///
    /// A server that stays keeps its connections, also where its weight has changed. What was sent to a server that is gone is still
    /// answered, what waited for it goes to the key's new server, and its connections close after their last reply: nothing
    /// fails because of the change. Items don't move: a key that has another server now is a miss there, and what its old server
    /// holds is found again should that one return. Every client of the fleet must get the same list.
    ///
    /// - Throws: ``MemcachedError/Code/invalidArgument`` where the list is empty, names a server twice or has a wrong weight, and
    ///   ``MemcachedError/Code/clientClosed``. Nothing has changed then.
    public func setServers(_ servers: [MemcachedServer]) throws(MemcachedError) {
        try cluster.setServers(servers)
    }

    /// The server that a key belongs to, and its index in the configuration. Needs no network.
    ///
    /// - Throws: ``MemcachedError/Code/invalidKey``.
    public func server(for key: String) throws(MemcachedError) -> (server: MemcachedServer, index: Int) {
        let topology = cluster.topology
        let index = topology.place(of: try itemKey(key)).index
        return (topology.servers[index], index)
    }
}
