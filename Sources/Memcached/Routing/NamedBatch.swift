import MemcachedFraming

/// A batch as its caller knows it: the names, the keys that they became, and the results.
struct NamedBatch<Value> {
    /// Those that requests are made for.
    private(set) var keys: [ItemKey] = []
    /// For each of them, which name it is of.
    private var places: [Int] = []
    private let names: BatchKeys
    /// For each name, its value; nil where there is none yet or never.
    private var values: [Value?]
    /// By place among the names.
    private var failures: [Int: MemcachedError] = [:]
    private let disclosure: KeyDisclosure

    init(_ names: [String], _ disclosure: KeyDisclosure) {
        self.names = BatchKeys(names)
        self.disclosure = disclosure
        values = Array(repeating: nil, count: self.names.unique.count)
    }

    /// Makes the keys, and calls `body` for each; where it throws the key is left out.
    mutating func makeKeys(
        _ makeKey: ((String) throws(MemcachedError) -> ItemKey)?,
        _ body: (String, ItemKey) throws(MemcachedError) -> Void
    ) {
        keys.reserveCapacity(names.unique.count)
        places.reserveCapacity(names.unique.count)
        for (place, name) in names.unique.enumerated() {
            do throws(MemcachedError) {
                try names.check(name)
                let key = if let makeKey { try makeKey(name) } else { try disclosure.itemKey(name) }
                try body(name, key)
                keys.append(key)
                places.append(place)
            } catch {
                failures[place] = disclosure.shown(error)
            }
        }
    }

    /// The request of the key with that index has come to an end.
    mutating func note(
        _ outcome: consuming BatchResult,
        at index: Int,
        _ result: (String, () -> ItemKey, consuming BatchAnswer) throws(MemcachedError) -> Value
    ) {
        switch consume outcome {
        case .answer(let answer):
            read(answer, at: index, result)
        case .failure(let failure):
            failures[places[index]] = failure.error.naming(key: keys[index])
        }
    }

    private mutating func read(
        _ answer: consuming BatchAnswer,
        at index: Int,
        _ result: (String, () -> ItemKey, consuming BatchAnswer) throws(MemcachedError) -> Value
    ) {
        let place = places[index]
        do throws(MemcachedError) {
            values[place] = try result(names.unique[place], { keys[index] }, answer)
        } catch {
            failures[place] = error
        }
    }

    /// Hands out the results.
    mutating func takeResults() -> [String: Result<Value, MemcachedError>] {
        names.dictionary { place in
            var value: Value?
            // Moved, not copied.
            swap(&value, &values[place])
            return value.map { .success($0) } ?? .failure(failures[place] ?? Self.withoutResult)
        }
    }

    private static var withoutResult: MemcachedError {
        MemcachedError(
            .outcomeUnknown,
            "a request of the batch was left without a result; read the item to learn whether it was carried out"
        )
    }
}
