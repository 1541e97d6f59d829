import Memcached

/// Stores and removals of the task's own keys, whose ledgers take in what came of them.
extension Worker {
    var randomRegister: Int {
        mutating get { Int.random(in: registers.indices, using: &generator) }
    }

    /// Several registers of one shelf.
    private mutating func randomRegisters() -> [Int] {
        let shelf = Int.random(in: stock.shelves.indices, using: &generator)
        let all = registers.indices.filter { registers[$0].shelf == shelf }
        return Array(all.shuffled(using: &generator).prefix(Int.random(in: 1...all.count, using: &generator)))
    }

    mutating func parcel(for register: Int) -> Parcel {
        .random(owner: registers[register].key, sequence: nextSequence(), using: &generator)
    }

    /// Makes a mutation of one register. Returns what came of it, and when.
    mutating func mutate<Value: Sendable>(
        _ operation: String,
        _ register: Int,
        _ content: RegisterLedger.Content,
        _ body: @escaping @Sendable (MemcachedDict<Parcel>, String) async throws -> Value
    ) async -> (Value, Span)? {
        let (result, span) = await attempt(operation, register, content, body)
        return (try? result.get()).map { ($0, span) }
    }

    /// Makes a mutation of one register, and leaves it open in the ledger where it isn't known what came of it.
    mutating func attempt<Value: Sendable>(
        _ operation: String,
        _ register: Int,
        _ content: RegisterLedger.Content,
        _ body: @escaping @Sendable (MemcachedDict<Parcel>, String) async throws -> Value
    ) async -> (Result<Value, any Error>, Span) {
        let patience = Patience.random(using: &generator)
        let (key, name, server) = (registers[register].key, registers[register].name, registers[register].server)
        let departure = departure(key, server)
        registers[register].ledger.begin(life: departure.life)
        let dictionary = stock.shelves[registers[register].shelf].parcels
        let result = await call(operation, patience, servers: [server]) { timeout in
            try await body(dictionary.timeout(timeout), name)
        }
        let span = arrival(departure, key, server)
        if case .open = Ending(result) { registers[register].ledger.leaveOpen(content, span) }
        return (result, span)
    }

    mutating func store() async {
        let register = randomRegister
        let parcel = parcel(for: register)
        let content = RegisterLedger.Content.sequence(parcel.sequence)
        let done = await mutate("store", register, content) { try await $0.store(parcel, forKey: $1) }
        if let (_, span) = done { registers[register].ledger.acknowledge(content, span) }
    }

    /// Stores where there is nothing, or where there is something.
    mutating func storeMissing() async {
        let register = randomRegister
        let parcel = parcel(for: register)
        let content = RegisterLedger.Content.sequence(parcel.sequence)
        let isAdd = Bool.random(using: &generator)
        let done = await mutate(isAdd ? "add" : "replace", register, content) {
            isAdd
                ? try await $0.add(parcel, forKey: $1) != .exists : try await $0.replace(parcel, forKey: $1) != .missing
        }
        guard let (isStored, span) = done else { return }
        let wasPresent = isAdd != isStored
        note(lostUnder: registers[register].key, registers[register].ledger.observe(isPresent: wasPresent, span))
        if isStored { registers[register].ledger.acknowledge(content, span) }
    }

    mutating func remove() async {
        let register = randomRegister
        let done = await mutate("remove", register, .nothing) { try await $0.removeValue(forKey: $1) }
        guard let (wasPresent, span) = done else { return }
        note(lostUnder: registers[register].key, registers[register].ledger.observe(isPresent: wasPresent, span))
        registers[register].ledger.acknowledge(.nothing, span)
    }

    /// A batch of stores or of removals.
    mutating func storeSeveral() async {
        let chosen = randomRegisters()
        let removes = generator.happens(inPercent: 20)
        let patience = Patience.random(using: &generator)
        var values: [String: Parcel] = [:]
        for register in chosen { values[registers[register].name] = parcel(for: register) }
        let departures = chosen.map { departure(registers[$0].key, registers[$0].server) }
        for (register, departure) in zip(chosen, departures) {
            registers[register].ledger.begin(life: departure.life)
        }
        let dictionary = stock.shelves[registers[chosen[0]].shelf].parcels
        let sent = values
        let result = await call(removes ? "remove batch" : "store batch", patience, servers: []) { timeout in
            removes
                ? await dictionary.timeout(timeout).results(removing: sent.keys.sorted())
                : await dictionary.timeout(timeout).results(storing: sent).mapValues { $0.map { true } }
        }
        guard case .success(let results) = result else { return }
        for (register, departure) in zip(chosen, departures) {
            let (key, name) = (registers[register].key, registers[register].name)
            let span = arrival(departure, key, registers[register].server)
            let content = removes ? .nothing : RegisterLedger.Content.sequence(values[name]?.sequence ?? 0)
            guard let outcome = results[name] else {
                record.note(.wrongValue, "a batch tells nothing of '\(key)'")
                continue
            }
            if case .failure(let error) = outcome { count(error, patience, "store batch") }
            switch Ending(outcome) {
            case .done(let wasPresent):
                registers[register].server.noteAnswer()
                if removes { note(lostUnder: key, registers[register].ledger.observe(isPresent: wasPresent, span)) }
                registers[register].ledger.acknowledge(content, span)
            case .failed: break
            case .open: registers[register].ledger.leaveOpen(content, span)
            }
        }
    }
}
