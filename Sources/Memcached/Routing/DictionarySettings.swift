/// What a dictionary does where a call doesn't say. What is nil here is left to whoever comes next.
///
/// Of several places that set the same, the more particular one counts:
///
/// 1. the call's own argument;
/// 2. ``ClientConfiguration/dictionaries`` under the dictionary's plain key prefix;
/// 3. the argument of the dictionary's initializer, and a codec that compresses by itself and says so (``ValueCodec/compresses``);
/// 4. ``ClientConfiguration/dictionaryDefaults``;
/// 5. the default: items never end, nothing is compressed, keys may have 250 bytes, and values are limited by the server alone.
///
/// A dictionary reads compressed and uncompressed values alike, whatever is set. A lower ``longestKey`` puts what is stored under longer
/// keys out of reach: calls for those are refused, or look elsewhere.
public struct DictionarySettings: Hashable, Sendable {
    /// From which size on values are compressed with zlib, where that makes them smaller.
    public enum Compression: Hashable, Sendable {
        /// They never are, whatever the codec does by itself.
        case never
        /// Values of more than that many bytes are, 0 or more. Those of up to 20 bytes never are, so that the server can count what is a
        /// number.
        ///
        /// Where the dictionary's ``FlagsConvention`` can't tell of it, as ``FlagsConvention/raw``, they stay uncompressed. A codec that
        /// compresses by itself throws there.
        case above(Int)
    }

    /// When values end that are stored without an expiration of their own.
    public var expiration: Expiration?

    /// From which size on values are compressed.
    public var compression: Compression?

    /// The longest key, in bytes of UTF-8 with its prefix and separator, 1 to 250. A longer one is refused with
    /// ``MemcachedError/Code/invalidKey``, or hashed, as the dictionary's `longKeys` says; a hash has 64 bytes, and may itself be longer.
    ///
    /// Another limit reaches what is stored under the keys between both no more: a lower one refuses them, and where keys are hashed they
    /// have another place. It is still there, and is reached again under the limit of before.
    public var longestKey: Int?

    /// The largest value, in bytes as it is stored, compressed where it is; 1 or more. A larger one throws
    /// ``MemcachedError/Code/valueTooLarge``, and nothing is sent.
    public var largestValue: Int?

    /// Settings; what is left out is nil.
    public init(
        expiration: Expiration? = nil,
        compression: Compression? = nil,
        longestKey: Int? = nil,
        largestValue: Int? = nil
    ) {
        self.expiration = expiration
        self.compression = compression
        self.longestKey = longestKey
        self.largestValue = largestValue
    }
}

extension DictionarySettings {
    /// What is out of its range, also where the prefix is none that a dictionary can have.
    package func problems(ofDictionary prefix: String) -> [SettingsProblem] {
        let path = "dictionaries.\(prefix)"
        let isPlain = !prefix.isEmpty && !prefix.utf8.contains(where: ":#".utf8.contains)
        let problem = SettingsProblem.unless(
            isPlain,
            path,
            "'\(path)' names no plain key prefix, which has 1 byte or more and neither ':' nor '#'"
        )
        return (problem.map { [$0] } ?? []) + problems(path + ".")
    }

    /// What is out of its range.
    ///
    /// - Parameter path: what the keys of these settings begin with.
    package func problems(_ path: String = "") -> [SettingsProblem] {
        var problems: [SettingsProblem] = []
        func check(_ isSound: Bool, _ key: String, _ rule: String) {
            if !isSound { problems.append(SettingsProblem(path + key, path + key + rule)) }
        }
        if case .after(let duration) = expiration {
            check(duration > .zero, "expiration", " must be positive, or never; it is \(duration)")
        }
        if case .above(let bytes) = compression {
            check(bytes >= 0, "compressAbove", " must be 0 bytes or more, or never; it is \(bytes)")
        }
        if let longestKey {
            check((1...250).contains(longestKey), "longestKey", " must be from 1 to 250 bytes; it is \(longestKey)")
        }
        if let largestValue {
            check(largestValue >= 1, "largestValue", " must be 1 byte or more; it is \(largestValue)")
        }
        return problems
    }
}
