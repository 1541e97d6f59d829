import Memcached
import NIOCore

/// Reads of the task's own keys, which its ledgers know, and of the others', which must at least be theirs.
extension Worker {
    mutating func read() async {
        if Bool.random(using: &generator) {
            _ = await entry(Int.random(in: registers.indices, using: &generator))
        } else {
            await readOther()
        }
    }

    private mutating func readOther() async {
        let patience = Patience.random(using: &generator)
        let shelf = stock.shelves[Int.random(in: stock.shelves.indices, using: &generator)]
        let name = randomName()
        let key = "\(shelf.prefix):\(name)"
        let result = await call("read", patience, servers: []) { try await shelf.parcels.timeout($0)[name] }
        if case .success(let parcel?) = result { check(parcel, under: key) }
    }

    /// A batch of the keys of all tasks, the same under two prefixes at the same time. One key at least is the task's
    /// own, whose ledger knows what it holds.
    mutating func readSeveral() async {
        let patience = Patience.random(using: &generator)
        let ownName = Stock.key(Int.random(in: 0..<Stock.keysPerTask, using: &generator), of: index)
        let others = (0..<Int.random(in: 0...39, using: &generator)).map { _ in randomName() }
        let names = Set(others + [ownName]).sorted()
        let pair = Array(stock.shelves.indices.shuffled(using: &generator).prefix(2))
        let (one, other) = (stock.shelves[pair[0]], stock.shelves[pair[1]])
        let own = registers.indices.filter { pair.contains(registers[$0].shelf) && names.contains(registers[$0].name) }
        let departures = own.map { departure(registers[$0].key, registers[$0].server) }
        for (register, departure) in zip(own, departures) {
            registers[register].ledger.begin(life: departure.life)
        }
        let result = await call("read batch", patience, servers: []) { timeout in
            async let first = one.parcels.timeout(timeout).results(forKeys: names)
            async let second = other.parcels.timeout(timeout).results(forKeys: names)
            return await [first, second]
        }
        guard case .success(let answers) = result else { return }
        for (shelf, results) in zip([one, other], answers) {
            if Set(results.keys) != Set(names) {
                record.note(.wrongValue, "a batch of \(names.count) keys tells of \(results.count)")
            }
            for (name, result) in results {
                switch result {
                case .success(let parcel?): check(parcel, under: "\(shelf.prefix):\(name)")
                case .success(nil): break
                case .failure(let error): count(error, patience, "read batch")
                }
            }
        }
        for (register, departure) in zip(own, departures) {
            let (key, name) = (registers[register].key, registers[register].name)
            let answer = registers[register].shelf == pair[0] ? answers[0][name] : answers[1][name]
            guard case .success(let parcel)? = answer else { continue }
            let span = arrival(departure, key, registers[register].server)
            let content = parcel.map { RegisterLedger.Content.sequence($0.sequence) } ?? .nothing
            note(lostUnder: key, registers[register].ledger.observe(content, span))
        }
    }

    private mutating func randomName() -> String {
        let task = Int.random(in: 0..<tasks, using: &generator)
        return Stock.key(Int.random(in: 0..<Stock.keysPerTask, using: &generator), of: task)
    }

    /// A value that is computed on a miss; now and then it is removed, so that there are misses.
    mutating func readThrough() async {
        let patience = Patience.random(using: &generator)
        let name = "p\(Int.random(in: 0..<Stock.pageCount, using: &generator))"
        let key = "\(stock.pages.prefix):\(name)"
        let pages = stock.pages.parcels
        if generator.happens(inPercent: 20) {
            _ = await call("remove page", patience, servers: []) {
                try await pages.timeout($0).removeValue(forKey: name)
            }
        } else {
            let parcel = Parcel.random(owner: key, sequence: nextSequence(), using: &generator)
            let result = await call("read through", patience, servers: []) {
                try await pages.timeout($0).value(forKey: name) { parcel }
            }
            if case .success(let parcel) = result { check(parcel, under: key) }
        }
    }

    /// Values of no bytes, which nothing else may turn up under.
    mutating func storeNothing() async {
        let patience = Patience.random(using: &generator)
        let name = randomName()
        let nothings = stock.nothings
        if Bool.random(using: &generator) {
            _ = await call("store nothing", patience, servers: []) {
                try await nothings.timeout($0).store(ByteBuffer(), forKey: name)
            }
        } else {
            let result = await call("read nothing", patience, servers: []) { try await nothings.timeout($0)[name] }
            guard case .success(let value?) = result, value.readableBytes > 0 else { return }
            record.note(.wrongValue, "under 'soak-nothing:\(name)' came \(value.readableBytes) bytes")
        }
    }

    /// Sets an expiration of never, alone or with a read.
    mutating func touch() async {
        let patience = Patience.random(using: &generator)
        let shelf = stock.shelves[Int.random(in: stock.shelves.indices, using: &generator)]
        let name = randomName()
        if Bool.random(using: &generator) {
            _ = await call("touch", patience, servers: []) {
                try await shelf.parcels.timeout($0).touch(forKey: name, expiration: .never)
            }
        } else {
            let result = await call("read and touch", patience, servers: []) {
                try await shelf.parcels.timeout($0).value(forKey: name, settingExpiration: .never)
            }
            if case .success(let parcel?) = result { check(parcel, under: "\(shelf.prefix):\(name)") }
        }
    }

    /// What a register holds now, held against its ledger; nil where it could not be read.
    mutating func entry(_ register: Int) async -> (MemcachedEntry<Parcel>?, Span)? {
        let patience = Patience.random(using: &generator)
        let (key, name, server) = (registers[register].key, registers[register].name, registers[register].server)
        let departure = departure(key, server)
        registers[register].ledger.begin(life: departure.life)
        let dictionary = stock.shelves[registers[register].shelf].parcels
        let result = await call("read", patience, servers: [server]) {
            try await dictionary.timeout($0).entry(forKey: name)
        }
        guard case .success(let entry) = result else { return nil }
        let span = arrival(departure, key, server)
        if let entry { check(entry.value, under: key) }
        let content = entry.map { RegisterLedger.Content.sequence($0.value.sequence) } ?? .nothing
        note(lostUnder: key, registers[register].ledger.observe(content, span))
        return (entry, span)
    }
}
