import Memcached

/// What is looked at while no task works: whether each server answers, and whether anything is counted that is over.
struct Rest: Sendable {
    let client: MemcachedClient
    let fleet: Fleet
    let record: Record

    /// Waits until all servers answer on all connections, and nothing of what was sent before is under way any more.
    func settle() async {
        record.begin("settle", by: Self.task, allowed: SoakConfiguration.patience * 3)
        await awaitAnswers()
        await awaitConnections()
        record.end("settle", by: Self.task)
    }

    /// What the record knows it by: no worker has that index.
    static let task = -1

    private func awaitAnswers() async {
        let deadline = ContinuousClock.now + SoakConfiguration.patience
        var silent = Set(fleet.servers.map(\.address))
        while true {
            for (address, result) in await client.ping() {
                guard case .success = result, silent.remove(address) != nil else { continue }
                fleet.servers.first { $0.address == address }?.noteAnswer()
            }
            guard !silent.isEmpty else { return }
            guard ContinuousClock.now < deadline else { break }
            try? await Task.sleep(for: .milliseconds(20))
        }
        for address in silent.map({ "\($0)" }).sorted() {
            record.note(.lostServer, "\(address) is up, and hasn't answered for \(SoakConfiguration.patience)")
        }
    }

    /// What a connection that is closed has sent may still be carried out, until the server has closed it, too.
    private func awaitConnections() async {
        let deadline = ContinuousClock.now + SoakConfiguration.patience
        // memcached counts its listener, too.
        let expected = client.cluster.configuration.connectionsPerServer + 1
        while true {
            let statistics = await client.stats()
            let unsettled = fleet.servers.map(\.address).compactMap { address in
                Self.unsettled(address, statistics[address], expected: expected)
            }
            guard !unsettled.isEmpty else { return }
            guard ContinuousClock.now < deadline else {
                for finding in unsettled { record.note(finding.kind, finding.text) }
                return
            }
            try? await Task.sleep(for: .milliseconds(50))
        }
    }

    /// What is still to be waited for at a server with those statistics; nil where nothing is. One that tells none may
    /// have any number of connections.
    static func unsettled(
        _ server: ServerAddress,
        _ statistics: Result<[String: String], MemcachedError>?,
        expected: Int
    ) -> Finding? {
        switch statistics {
        case .success(let statistics)?:
            guard let open = statistics["curr_connections"].flatMap({ Int($0) }) else {
                return Finding(kind: .lostServer, text: "\(server) doesn't tell how many connections it has")
            }
            guard open > expected else { return nil }
            let text = "\(open - expected) connections to \(server) are open, and nobody uses them"
            return Finding(kind: .leakedSlot, text: text)
        case .failure(let error)?:
            return Finding(kind: .lostServer, text: "\(server) is up, and doesn't tell its statistics: \(error)")
        case nil:
            return Finding(kind: .lostServer, text: "\(server) wasn't asked for its statistics")
        }
    }

    /// Notes where more was in flight on a connection than is allowed.
    func checkPeaks() {
        for excess in Self.excesses(client.peakLoads, client.cluster.configuration.connection) {
            record.note(.leakedSlot, excess)
        }
    }

    /// What was over the bounds. A larger request may go out alone, but a soak sends none.
    static func excesses(
        _ peaks: [(server: ServerAddress, load: ConnectionLoad)],
        _ bounds: ConnectionConfiguration
    ) -> [String] {
        peaks.filter {
            $0.load.requests > bounds.maximumRequestsInFlight || $0.load.bytes > bounds.maximumBytesInFlight
        }.map { server, load in
            "on a connection to \(server) up to \(load.requests) requests and up to \(load.bytes) bytes were in flight; "
                + "\(bounds.maximumRequestsInFlight) and \(bounds.maximumBytesInFlight) are allowed"
        }
    }

    /// Counts what is still counted as in flight or waiting. What the connections send of their own accord is over soon.
    func checkLoad() async {
        let deadline = ContinuousClock.now + .seconds(5)
        while true {
            let leaks = Self.leaks(client.loads)
            guard !leaks.isEmpty else { return }
            guard ContinuousClock.now < deadline else {
                for leak in leaks { record.note(.leakedSlot, leak) }
                return
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
    }

    /// What is counted on connections that nobody uses.
    static func leaks(_ loads: [(server: ServerAddress, load: ConnectionLoad)]) -> [String] {
        loads.filter { $0.load != .none }.map { server, load in
            "on a connection to \(server) that nobody uses \(load.requests) requests with \(load.bytes) bytes are counted as "
                + "in flight, and \(load.waiting) callers wait"
        }
    }

    /// What the servers have dropped for want of room, as far as they live.
    func evictions() async -> Int {
        var total = 0
        for case .success(let statistics) in await client.stats().values {
            total += statistics["evictions"].flatMap { Int($0) } ?? 0
        }
        return total
    }
}
