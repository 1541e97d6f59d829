import Memcached
import NIOCore

/// What a task reads again while nobody writes: then nothing is open any more, and the ledgers are exact.
extension Worker {
    /// A machine that is busy is no failure.
    private static let atRest = Patience.within(.seconds(10))

    mutating func verify() async {
        await verifyRegisters()
        await verifyVotes()
        // Each counter once: the tasks rest one after the other.
        for counter in 0..<counters.count where counter % tasks == index { await verify(counter: counter) }
    }

    private mutating func verifyRegisters() async {
        for (number, shelf) in stock.shelves.enumerated() {
            let own = registers.indices.filter { registers[$0].shelf == number }
            let departures = own.map { departure(registers[$0].key, registers[$0].server) }
            let names = own.map { registers[$0].name }
            let result = await call("verify", Self.atRest, servers: []) {
                await shelf.parcels.timeout($0).results(forKeys: names)
            }
            guard case .success(let results) = result else { continue }
            for (register, departure) in zip(own, departures) {
                let key = registers[register].key
                let span = arrival(departure, key, registers[register].server)
                switch results[registers[register].name] {
                case .success(let parcel)?:
                    if let parcel { check(parcel, under: key) }
                    let content = parcel.map { RegisterLedger.Content.sequence($0.sequence) } ?? .nothing
                    registers[register].ledger.begin(life: departure.life)
                    note(lostUnder: key, registers[register].ledger.rest(content, span))
                case .failure(let error)?: noteUnverified(key, error)
                case nil: record.note(.wrongValue, "a batch tells nothing of '\(key)'")
                }
            }
        }
    }

    private mutating func verifyVotes() async {
        for vote in votes.indices {
            let (dictionary, name, key) = (votes[vote].dictionary, votes[vote].name, votes[vote].key)
            let departure = departure(key, votes[vote].server)
            let result = await call("verify", Self.atRest, servers: []) { try await dictionary.timeout($0)[name] }
            let span = arrival(departure, key, votes[vote].server)
            switch result {
            case .success(let ballot):
                if let defect = ballot?.defect(under: key) { record.note(.wrongValue, defect) }
                votes[vote].ledger.begin(life: departure.life)
                note(lostUnder: key, votes[vote].ledger.rest(ballot?.column(of: index) ?? Ballot.Column(), span))
            case .failure(let error): noteUnverified(key, error)
            }
        }
    }

    private func verify(counter: Int) async {
        let key = Stock.counter(counter)
        guard let server = try? server(of: key) else { return }
        let departure = departure(key, server)
        let client = stock.client
        let result = await call("verify", Self.atRest, servers: []) { try await client.timeout($0).get(key) }
        let span = arrival(departure, key, server)
        switch result {
        case .success(let item):
            let value = item.flatMap { UInt64(String(buffer: $0.value).filter(\.isNumber)) } ?? 0
            note(lostUnder: key, counters.with(counter) { $0.rest(value, span) })
        case .failure(let error): noteUnverified(key, error)
        }
    }

    /// All servers are up and have answered: now nothing excuses a failure.
    private func noteUnverified(_ key: String, _ error: any Error) {
        record.note(.suspiciousError, "'\(key)' can't be read while all servers are up: \(error)")
    }
}
