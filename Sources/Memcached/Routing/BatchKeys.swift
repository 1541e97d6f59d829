/// The keys of a batch: each once, in order of appearance, since a hashed order would differ from run to run.
struct BatchKeys {
    private(set) var unique: [String] = []
    /// Keys that are one key to Swift, which compares characters, and two to memcached, which compares bytes: a composed and a
    /// decomposed "é". A dictionary of results has one place for both.
    private var ambiguous: Set<String> = []

    init(_ keys: some Sequence<String>) {
        var seen: Set<String> = []
        for key in keys {
            let (isNew, known) = seen.insert(key)
            if isNew {
                unique.append(key)
            } else if !known.utf8.elementsEqual(key.utf8) {
                ambiguous.insert(key)
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
}
