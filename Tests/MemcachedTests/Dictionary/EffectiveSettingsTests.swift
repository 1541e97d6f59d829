import TestSupport
import Testing

@testable import Memcached

/// Of several places that set the same, the more particular one counts.
@Suite(.fewAtATime) struct EffectiveSettingsTests {
    private static let first = DictionarySettings(
        expiration: .after(.seconds(1)),
        compression: .above(1),
        longestKey: 1,
        largestValue: 1
    )
    private static let second = DictionarySettings(
        expiration: .after(.seconds(2)),
        compression: .above(2),
        longestKey: 2,
        largestValue: 2
    )
    private static let third = DictionarySettings(
        expiration: .never,
        compression: .never,
        longestKey: 3,
        largestValue: 3
    )

    private func configuration(
        own: DictionarySettings? = nil,
        defaults: DictionarySettings = DictionarySettings()
    ) -> ClientConfiguration {
        var configuration = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
        configuration.dictionaryDefaults = defaults
        configuration.dictionaries["sessions"] = own
        return configuration
    }

    private func values(
        own: DictionarySettings? = nil,
        code: DictionarySettings = DictionarySettings(),
        defaults: DictionarySettings = DictionarySettings(),
        prefix: String? = "sessions",
        codecCompresses: Bool = false
    ) -> EffectiveSettings.Values {
        EffectiveSettings(
            CurrentDictionarySettings(configuration(own: own, defaults: defaults)),
            prefix: prefix,
            code: code,
            codecCompresses: codecCompresses
        ).values
    }

    @Test
    func
        `a dictionary's own configuration comes before its code, that before all dictionaries', and that before the default`()
    {
        let all = values(own: Self.first, code: Self.second, defaults: Self.third)
        #expect(all.expiration == .after(.seconds(1)) && all.compression == .above(1))
        #expect(all.longestKey == 1 && all.largestValue == 1)
        let code = values(code: Self.second, defaults: Self.third)
        #expect(code.expiration == .after(.seconds(2)) && code.longestKey == 2 && code.largestValue == 2)
        let defaults = values(defaults: Self.third)
        #expect(defaults.expiration == .never && defaults.compression == .never)
        #expect(defaults.longestKey == 3 && defaults.largestValue == 3)
        let none = values()
        #expect(none.expiration == .never && none.compression == nil)
        #expect(none.longestKey == .max && none.largestValue == .max)
    }

    @Test func `what one place leaves out is taken from the next, each by itself`() {
        let values = values(
            own: DictionarySettings(longestKey: 9),
            code: DictionarySettings(largestValue: 8),
            defaults: Self.first
        )
        #expect(values.expiration == .after(.seconds(1)) && values.compression == .above(1))
        #expect(values.longestKey == 9 && values.largestValue == 8)
    }

    @Test
    func `a codec that compresses by itself comes before all dictionaries' setting, and after the dictionary's own`() {
        #expect(values(defaults: Self.third, codecCompresses: true).compression == nil)
        #expect(values(own: Self.third, defaults: Self.first, codecCompresses: true).compression == .never)
    }

    @Test func `another dictionary's settings, and those of a prefix of another kind, are not its own`() {
        #expect(values(own: Self.first, prefix: "pages").longestKey == .max)
        #expect(values(own: Self.first, defaults: Self.second, prefix: nil).longestKey == 2)
    }

    @Test func `changes are followed, back to where nothing is set`() {
        let current = CurrentDictionarySettings(configuration())
        let settings = EffectiveSettings(current, prefix: "sessions", code: Self.second, codecCompresses: false)
        #expect(current.generation == 0 && settings.values.longestKey == 2)
        current.follow(configuration(own: Self.first))
        #expect(settings.values.longestKey == 1)
        let generation = current.generation
        current.follow(configuration(own: Self.first))
        #expect(current.generation == generation)
        current.follow(configuration(own: Self.third, defaults: Self.first))
        #expect(settings.values.longestKey == 3 && settings.values.expiration == .never)
        current.follow(configuration())
        #expect(settings.values.longestKey == 2 && settings.values.compression == nil)
    }

    @Test func `what is out of its range is named with its path`() {
        var configuration = configuration(
            own: DictionarySettings(expiration: .after(.zero), longestKey: 251),
            defaults: DictionarySettings(compression: .above(-1), largestValue: 0)
        )
        configuration.dictionaries[""] = DictionarySettings()
        #expect(
            configuration.problems.map(\.key) == [
                "compressAbove", "largestValue", "dictionaries.", "dictionaries.sessions.expiration",
                "dictionaries.sessions.longestKey",
            ]
        )
    }
}
