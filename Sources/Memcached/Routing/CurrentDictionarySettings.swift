import Synchronization

/// The settings of all dictionaries as they are configured now, for the dictionaries to follow.
package final class CurrentDictionarySettings: Sendable {
    private struct Configured {
        var defaults = DictionarySettings()
        var byPrefix: [String: DictionarySettings] = [:]
    }

    private let configured = Lock(Configured())
    private let changes = Atomic(0)

    package init(_ configuration: ClientConfiguration) {
        follow(configuration)
    }

    /// Another one after each change; 0 for as long as nothing has ever been set, which is all that most calls look at.
    package var generation: Int { changes.load(ordering: .acquiring) }

    package func follow(_ configuration: ClientConfiguration) {
        configured.withLock { configured in
            guard
                configured.defaults != configuration.dictionaryDefaults
                    || configured.byPrefix != configuration.dictionaries
            else { return }
            configured.defaults = configuration.dictionaryDefaults
            configured.byPrefix = configuration.dictionaries
            changes.add(1, ordering: .releasing)
        }
    }

    /// - Parameter prefix: the dictionary's plain key prefix; nil where it has none.
    /// - Returns: what is set for that dictionary, what for all, and the generation that this is.
    package func settings(
        ofDictionary prefix: String?
    ) -> (own: DictionarySettings, defaults: DictionarySettings, generation: Int) {
        configured.withLock { configured in
            let own = prefix.flatMap { configured.byPrefix[$0] } ?? DictionarySettings()
            return (own, configured.defaults, generation)
        }
    }
}
