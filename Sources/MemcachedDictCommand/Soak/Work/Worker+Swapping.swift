import Memcached

/// Compare-and-swap of the task's own keys.
extension Worker {
    /// Reads an entry, and stores another value where nobody else has stored since. Now and then it does so with a version
    /// from before the server's restart.
    mutating func swap() async {
        let register = randomRegister
        if generator.happens(inPercent: 10), let version = takeStaleVersion(of: register) {
            return await swap(register, stale: version)
        }
        guard let (entry, reading) = await entry(register), let entry else { return }
        hold(entry.version, of: register, reading)
        let parcel = parcel(for: register)
        var changed = entry
        changed.value = parcel
        let sent = changed
        let content = RegisterLedger.Content.sequence(parcel.sequence)
        let wasSettled = registers[register].ledger.isSettled
        let done = await mutate("compare-and-swap", register, content) { dictionary, _ in
            try await dictionary.store(sent)
        }
        guard let (outcome, span) = done else { return }
        let key = registers[register].key
        switch outcome {
        case .stored:
            if reading.end != span.begin, reading.isWithinOneLife, span.isWithinOneLife {
                let defect = "a version from before the server's restart was stored over what it held after it"
                note(lostUnder: key, .wrong(defect))
            }
            registers[register].ledger.acknowledge(content, span)
        case .conflict:
            let isOneLife = reading.end == span.begin && reading.isWithinOneLife && span.isWithinOneLife
            let defect = "a compare-and-swap met a conflict, and nobody else writes there"
            note(lostUnder: key, !isOneLife ? .skipped : wasSettled ? .wrong(defect) : .explained)
        case .missing:
            note(lostUnder: key, registers[register].ledger.observe(.nothing, span))
        }
    }

    /// Keeps a version for the server's next life; one from an earlier life stays until it is used.
    private mutating func hold(_ version: ItemVersion, of register: Int, _ reading: Span) {
        guard reading.isWithinOneLife else { return }
        if let held = registers[register].held, held.life != reading.end { return }
        registers[register].held = Register.Held(version: version, life: reading.end)
    }

    /// A version that a process gave which is gone by now.
    private mutating func takeStaleVersion(of register: Int) -> ItemVersion? {
        let life = registers[register].server.life
        // While the process is being killed, it may still answer.
        guard let held = registers[register].held, held.life < life, life.isMultiple(of: 2) else { return nil }
        registers[register].held = nil
        return held.version
    }

    /// Stores with a version that must be good for nothing, whatever the key holds now.
    private mutating func swap(_ register: Int, stale version: ItemVersion) async {
        let parcel = parcel(for: register)
        let entry = MemcachedEntry(key: registers[register].name, value: parcel, version: version)
        let content = RegisterLedger.Content.sequence(parcel.sequence)
        let (result, span) = await attempt("stale compare-and-swap", register, content) { dictionary, _ in
            try await dictionary.store(entry)
        }
        if let verdict = Self.verdict(ofStale: result) { note(lostUnder: registers[register].key, verdict) }
        if case .success(.stored) = result { registers[register].ledger.acknowledge(content, span) }
    }

    /// Of a compare-and-swap with a version from before the server's restart; nil where it was caught by an outage.
    static func verdict(ofStale result: Result<StoreOutcome, any Error>) -> Verdict? {
        switch result {
        case .success(let outcome):
            .wrong("a version from before the server's restart was sent: what came of it is '\(outcome)'")
        case .failure(let error):
            (error as? MemcachedError)?.code == .versionUnusable ? .right : nil
        }
    }
}
