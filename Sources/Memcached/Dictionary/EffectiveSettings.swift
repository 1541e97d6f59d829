/// What a dictionary does where a call doesn't say, of all that can say it: what is configured for it, what its initializer was given,
/// what is configured for all, and the defaults.
final class EffectiveSettings: Sendable {
    struct Values: Sendable, Equatable {
        var expiration: Expiration
        /// Nil where the codec does as it was made.
        var compression: DictionarySettings.Compression?
        var longestKey: Int
        var largestValue: Int
    }

    private struct Known {
        var generation = 0
        var values: Values
    }

    private let configured: CurrentDictionarySettings
    private let prefix: String?
    private let code: DictionarySettings
    private let codecCompresses: Bool
    /// What is wrong with what the initializer was given; nil where all is well.
    let problem: SettingsProblem?
    /// Where nothing is configured.
    private let unconfigured: Values
    private let known: Lock<Known>

    /// - Parameters:
    ///   - prefix: the plain key prefix; nil where it is of another kind.
    ///   - code: what the initializer was given.
    ///   - codecCompresses: whether the codec compresses as it was made.
    init(
        _ configured: CurrentDictionarySettings,
        prefix: String?,
        code: DictionarySettings,
        codecCompresses: Bool
    ) {
        self.configured = configured
        self.prefix = prefix
        self.code = code
        self.codecCompresses = codecCompresses
        // In code an expiration of zero is none that is wrong: the item is over at once.
        problem = DictionarySettings(longestKey: code.longestKey, largestValue: code.largestValue).problems().first
        unconfigured = Self.values(DictionarySettings(), code, codecCompresses, DictionarySettings())
        known = Lock(Known(values: unconfigured))
    }

    /// As they are now.
    var values: Values {
        let generation = configured.generation
        guard generation != 0 else { return unconfigured }
        return known.withLock { known in
            if known.generation != generation {
                let (own, defaults, generation) = configured.settings(ofDictionary: prefix)
                known = Known(
                    generation: generation,
                    values: Self.values(own, code, codecCompresses, defaults)
                )
            }
            return known.values
        }
    }

    private static func values(
        _ own: DictionarySettings,
        _ code: DictionarySettings,
        _ codecCompresses: Bool,
        _ defaults: DictionarySettings
    ) -> Values {
        Values(
            expiration: own.expiration ?? code.expiration ?? defaults.expiration ?? .never,
            compression: own.compression ?? (codecCompresses ? nil : defaults.compression),
            longestKey: own.longestKey ?? code.longestKey ?? defaults.longestKey ?? .max,
            largestValue: own.largestValue ?? code.largestValue ?? defaults.largestValue ?? .max
        )
    }
}
