/// The keys of a batch: each once, in order of appearance, since a hashed order would differ from run to run.
struct BatchKeys {
    private(set) var unique: [String]
    /// Where each key stands among the unique ones.
    private var places: [String: Int]
    /// Keys that are one key to Swift, which compares characters, and two to memcached, which compares bytes: a composed and a
    /// decomposed "é". A dictionary of results has one place for both.
    private var ambiguous: Set<String> = []

    init(_ keys: [String]) {
        // Each key is hashed once where none is named twice, as in most batches.
        unique = keys
        places = Dictionary(minimumCapacity: keys.count)
        places.merge(zip(keys, 0...)) { first, _ in first }
        if places.count < keys.count { merge() }
    }

    /// Some keys are named more than once.
    private mutating func merge() {
        let keys = unique
        unique = []
        places = [:]
        for key in keys {
            if let place = places[key] {
                if !unique[place].utf8.elementsEqual(key.utf8) { ambiguous.insert(key) }
            } else {
                places[key] = unique.count
                unique.append(key)
            }
        }
    }

    func check(_ key: String) throws(MemcachedError) {
        guard ambiguous.contains(key) else { return }
        throw MemcachedError(
            .invalidKey,
            "the batch names two keys that look alike and differ in their bytes, as a composed and a decomposed 'é' do; "
                + "normalize the keys, or name one of them in another batch. Nothing was sent for either",
            key: key
        )
    }

    /// The results by their keys.
    ///
    /// - Parameter result: that of the unique key in that place.
    func dictionary<Value>(of result: (Int) -> Value) -> [String: Value] {
        places.mapValues(result)
    }
}
