import Memcached
import NIOConcurrencyHelpers

/// Updates of what several tasks write to at the same time.
extension Worker {
    /// Updates a ballot with compare-and-swap.
    mutating func vote() async {
        let chosen = Int.random(in: votes.indices, using: &generator)
        let patience = Patience.random(using: &generator)
        let (dictionary, name, key) = (votes[chosen].dictionary, votes[chosen].name, votes[chosen].key)
        let number = nextSequence()
        let (task, server, record) = (index, votes[chosen].server, record)
        let departure = departure(key, server)
        votes[chosen].ledger.begin(life: departure.life)
        // What each attempt has found, in their order.
        let found = NIOLockedValueBox<[Ballot.Column]>([])
        let result = await call("update", patience, servers: [server]) { timeout in
            try await dictionary.timeout(timeout).update(forKey: name, default: Ballot(owner: key), attempts: 1_000) {
                if let defect = $0.defect(under: key) { record.note(.wrongValue, defect) }
                let column = $0.column(of: task)
                found.withLockedValue { $0.append(column) }
                $0.enter(number, of: task)
            }
        }
        let span = arrival(departure, key, server)
        for column in found.withLockedValue(\.self) {
            note(lostUnder: key, votes[chosen].ledger.observe(column, span))
        }
        switch Ending(result) {
        case .done(let ballot):
            note(lostUnder: key, votes[chosen].ledger.acknowledge(number, ballot.column(of: task), span))
        case .failed: break
        case .open: votes[chosen].ledger.leaveOpen(number, span)
        }
    }

    /// Adds 1 to a counter on the server.
    mutating func count() async {
        let counter = Int.random(in: 0..<counters.count, using: &generator)
        let key = Stock.counter(counter)
        guard let server = try? server(of: key) else { return }
        let patience = Patience.random(using: &generator)
        let departure = departure(key, server)
        let ticket = counters.with(counter) { $0.begin(life: departure.life) }
        let client = stock.client
        let result = await call("increment", patience, servers: [server]) {
            try await client.timeout($0).increment(key, by: 1, initial: 1)
        }
        let span = arrival(departure, key, server)
        switch Ending(result) {
        case .done(let value):
            note(lostUnder: key, counters.with(counter) { $0.acknowledge(value ?? 0, ticket, span) })
        case .failed: counters.with(counter) { $0.fail(ticket, span) }
        case .open: counters.with(counter) { $0.leaveOpen(ticket, span) }
        }
    }
}
