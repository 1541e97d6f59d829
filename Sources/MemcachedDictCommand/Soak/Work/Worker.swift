import Memcached

/// One of the tasks that work on the servers, and all that it knows of what they must hold.
struct Worker: Sendable {
    /// A key of a shelf that this task alone writes to.
    struct Register: Sendable {
        let shelf: Int
        let name: String
        /// As the server knows it.
        let key: String
        let server: ServerProcess
        var ledger = RegisterLedger()
        var held: Held?

        /// A version, and the server's life in which it was read.
        struct Held: Sendable {
            let version: ItemVersion
            let life: Int
        }
    }

    struct Vote: Sendable {
        let dictionary: MemcachedDict<Ballot>
        let name: String
        let key: String
        let server: ServerProcess
        var ledger = BallotLedger()
    }

    let index: Int
    let stock: Stock
    let fleet: Fleet
    let record: Record
    let counters: Counters
    let tasks: Int
    /// Whether an error of a patient caller needs no other explanation.
    let chaos: Bool
    var generator: SeededGenerator
    var registers: [Register] = []
    var votes: [Vote] = []
    /// Grows with each store and each update.
    var sequence = 0

    /// A task whose keys hold nothing yet.
    init(
        index: Int,
        of tasks: Int,
        stock: Stock,
        fleet: Fleet,
        record: Record,
        counters: Counters,
        chaos: Bool,
        seed: UInt64
    ) throws {
        (self.index, self.tasks, self.stock, self.fleet) = (index, tasks, stock, fleet)
        (self.record, self.counters, self.chaos) = (record, counters, chaos)
        generator = SeededGenerator(seed: seed, stream: index)
        for (shelf, place) in stock.shelves.enumerated() {
            for number in 0..<Stock.keysPerTask {
                let name = Stock.key(number, of: index)
                let key = "\(place.prefix):\(name)"
                registers.append(
                    Register(shelf: shelf, name: name, key: key, server: try server(of: key))
                )
            }
        }
        for (dictionary, prefix) in zip(stock.ballots, Stock.ballotPrefixes) {
            let name = "b\(index / Stock.sharers)"
            let key = "\(prefix):\(name)"
            votes.append(Vote(dictionary: dictionary, name: name, key: key, server: try server(of: key)))
        }
    }

    func server(of key: String) throws -> ServerProcess {
        fleet.servers[try stock.client.server(for: key).index]
    }

    /// Does one thing after the other until the time is over.
    mutating func work(until isOver: @Sendable () -> Bool) async {
        while !isOver() {
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<16: await store()
            case 16..<20: await storeMissing()
            case 20..<28: await swap()
            case 28..<32: await remove()
            case 32..<36: await storeSeveral()
            case 36..<52: await read()
            case 52..<62: await readSeveral()
            case 62..<82: await vote()
            case 82..<90: await count()
            case 90..<96: await readThrough()
            case 96..<98: await storeNothing()
            default: await touch()
            }
        }
    }
}

extension Worker {
    /// Makes a call, counts it and its error, and tells what came of it.
    func call<Value: Sendable>(
        _ operation: String,
        _ patience: Patience,
        servers: [ServerProcess],
        _ body: @escaping @Sendable (Duration) async throws -> Value
    ) async -> Result<Value, any Error> {
        let timeout = patience.timeout(of: stock.client)
        record.begin(operation, by: index, allowed: timeout)
        let result = await patience.run { try await body(timeout) }
        record.end(operation, by: index)
        switch result {
        case .success: for server in servers { server.noteAnswer() }
        case .failure(let error):
            count(error, patience, operation)
            // The time of the machine is for the calls that can succeed.
            let code = (error as? MemcachedError)?.code
            if code == .connectionFailed || code == .connectionLost { try? await Task.sleep(for: .milliseconds(5)) }
        }
        return result
    }

    /// Counts an error, and notes one that nothing explains.
    func count(_ error: any Error, _ patience: Patience, _ operation: String) {
        record.count(error: error)
        if !Excuse(chaos: chaos, patience: patience).covers(error) {
            let isWrong = (error as? MemcachedError)?.code == .undecodable
            record.note(isWrong ? .wrongValue : .suspiciousError, "\(operation): \(error)")
        }
    }

    /// What a call of these keys will take: their servers' lives and connections as they are now.
    func departure(_ key: String, _ server: ServerProcess) -> (life: Int, wire: Wire?) {
        (server.life, wire(of: key))
    }

    func arrival(_ departure: (life: Int, wire: Wire?), _ key: String, _ server: ServerProcess) -> Span {
        // The connection last, so that no other one was in between where it is the same.
        let wire = wire(of: key)
        return Span(begin: departure.life, end: server.life, wire: wire == departure.wire ? wire : nil)
    }

    private func wire(of key: String) -> Wire? {
        (try? stock.client.connection(for: key)).flatMap { $0 }.map { Wire($0) }
    }

    mutating func nextSequence() -> Int {
        sequence += 1
        return sequence
    }

    /// Checks a parcel by itself.
    func check(_ parcel: Parcel, under key: String) {
        if let defect = parcel.defect(under: key) { record.note(.wrongValue, defect) }
    }

    /// Counts what a ledger says, and notes what is wrong.
    func note(lostUnder key: String, _ verdict: Verdict) {
        record.count(verdict)
        if let defect = verdict.defect { record.note(.lostUpdate, "task \(index), key '\(key)': \(defect)") }
    }
}
