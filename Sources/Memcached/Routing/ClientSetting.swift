/// A setting that a configuration file or an environment can hold: one line of what `ClientConfiguration(config:)` reads.
package struct ClientSetting: Sendable {
    /// The parts of its key: one, or those of an object in an object.
    package let path: [String]
    /// What its values are, as in "a number".
    private let kind: String
    /// What a number counts; empty of others.
    package let unit: String
    /// What is allowed.
    package let range: String
    package let isSecret: Bool
    /// As it is in a configuration; nil where it isn't set there.
    package let value: @Sendable (ClientConfiguration) -> String?

    private init(
        _ key: String,
        kind: String = "a text",
        unit: String = "",
        range: String,
        isSecret: Bool = false,
        _ value: @escaping @Sendable (ClientConfiguration) -> String?
    ) {
        self.init(path: [key], kind: kind, unit: unit, range: range, isSecret: isSecret, value)
    }

    private init(
        path: [String],
        kind: String,
        unit: String = "",
        range: String,
        isSecret: Bool = false,
        _ value: @escaping @Sendable (ClientConfiguration) -> String?
    ) {
        self.path = path
        self.kind = kind
        self.unit = unit
        self.range = range
        self.isSecret = isSecret
        self.value = value
    }
}

extension ClientSetting {
    /// As configuration files and messages have it, with dots in between.
    package var key: String { path.joined(separator: ".") }

    /// What it takes, as in "a number of seconds, more than 0".
    package var allowed: String {
        // Where there is nothing to say but the kind, the range begins with it.
        range.hasPrefix(kind) ? range : kind + (unit.isEmpty ? "" : " of \(unit)") + ", " + range
    }

    /// The one with that name: the client's, or that of all dictionaries, which takes the same as a single one's.
    static func named(_ name: some StringProtocol) -> ClientSetting? { all.first { $0.key == name } }

    /// The variable of the environment that sets it for `memcached-dict`, and for a service that puts `MEMCACHED_` before its keys.
    package var environmentName: String {
        (["memcached"] + path).map { part in
            var name = ""
            for character in part {
                if character.isUppercase, name.last?.isLowercase == true { name.append("_") }
                name.append(character.isLetter || character.isNumber ? character : "_")
            }
            return name.uppercased()
        }
        .joined(separator: "_")
    }
}

extension ClientSetting {
    /// The most seconds that a setting takes, some 31 years: whatever the client adds them to can still be counted.
    static let mostSeconds = 1_000_000_000.0
    private static let most = "1,000,000,000"
    private static let positive = "more than 0, at most \(most)"
    private static let flag = "true or false"

    private static func text(_ duration: Duration) -> String {
        let seconds = duration / .seconds(1)
        return seconds == seconds.rounded() && abs(seconds) < 1e15 ? "\(Int(seconds))" : "\(seconds)"
    }

    private static func seconds(
        _ key: String,
        range: String,
        _ value: @escaping @Sendable (ClientConfiguration) -> Duration?
    ) -> ClientSetting {
        ClientSetting(key, kind: "a number", unit: "seconds", range: range) { value($0).map(text) }
    }

    private static func count(
        _ key: String,
        unit: String,
        range: String,
        _ value: @escaping @Sendable (ClientConfiguration) -> Int?
    ) -> ClientSetting {
        ClientSetting(key, kind: "a whole number", unit: unit, range: range) { value($0).map { "\($0)" } }
    }

    /// All of them, in the order of the documentation.
    package static let all = ofClient + ofDictionaries(at: []) { $0.dictionaryDefaults }

    private static let ofClient: [ClientSetting] = [
        ClientSetting(
            "servers",
            kind: "a list of texts",
            range: "at least one HOST[:PORT][=WEIGHT], [IPv6]:PORT or unix:PATH"
        ) { configuration in
            configuration.servers.map { "\($0)" }.joined(separator: ", ")
        },
        seconds("timeout", range: positive, \.timeout),
        count("connectionsPerServer", unit: "connections", range: "1 to 64", \.connectionsPerServer),
        seconds("initialBackoff", range: positive, \.initialBackoff),
        seconds("maximumBackoff", range: "initialBackoff to \(most)", \.maximumBackoff),
        seconds("shutdownTimeout", range: "0 to \(most)", \.shutdownTimeout),
        count("batchWindow", unit: "requests", range: "1 or more", \.batchWindow),
        count("batchWindowBytes", unit: "bytes", range: "1 or more", \.batchWindowBytes),
        ClientSetting("failurePolicy", range: "fail or nextServer") { "\($0.failurePolicy)" },
        count("ejectionFailures", unit: "failures", range: "1 or more", \.ejection?.failures),
        seconds("ejectionTrialInterval", range: "\(positive); needs ejectionFailures", \.ejection?.trialInterval),
        seconds("connectTimeout", range: positive, \.connection.connectTimeout),
        seconds("stallTimeout", range: positive, \.connection.stallTimeout),
        seconds("idleCheckInterval", range: positive, \.connection.idleCheckInterval),
        seconds("busyPollTime", range: "0 to 0.001", \.connection.busyPollTime),
        count(
            "maximumRequestsInFlight",
            unit: "requests",
            range: "1 or more",
            \.connection.maximumRequestsInFlight
        ),
        count("maximumBytesInFlight", unit: "bytes", range: "1 or more", \.connection.maximumBytesInFlight),
        ClientSetting("overloadPolicy", range: "wait or fail") { "\($0.connection.overloadPolicy)" },
        count("itemSizeLimit", unit: "bytes", range: "1,024 or more", \.connection.itemSizeLimit),
        count(
            "maximumReplyBytes",
            unit: "bytes",
            range: "itemSizeLimit to 2,147,483,647",
            \.connection.maximumReplyBytes
        ),
        count(
            "maximumBatchReplyBytes",
            unit: "bytes",
            range: "itemSizeLimit or more",
            \.connection.maximumBatchReplyBytes
        ),
        ClientSetting("saslUser", range: "a text; needs saslPassword") { $0.connection.credentials?.user },
        ClientSetting("saslPassword", range: "a text", isSecret: true) {
            $0.connection.credentials.map { _ in "(secret)" }
        },
        ClientSetting(
            "saslMechanism",
            range: SASLCredentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
        ) { $0.connection.credentials?.mechanism?.rawValue },
        ClientSetting("saslAllowsPlainTextWithoutTLS", kind: flag, range: flag) {
            $0.connection.credentials.map { "\($0.allowsPlainTextWithoutTLS)" }
        },
        ClientSetting("redactsKeysAndValues", kind: flag, range: flag) { "\($0.redactsKeysAndValues)" },
        ClientSetting("spansShowKeys", kind: flag, range: flag) { "\($0.observability.spansShowKeys)" },
        ClientSetting("tls", kind: flag, range: flag) { configuration in
            #if TLS
            "\(configuration.connection.tls != nil)"
            #else
            nil
            #endif
        },
        // Read into TLS's own options, which tell nothing.
        ClientSetting("tlsTrustRootsFile", range: "the path of a PEM file") { _ in nil },
        ClientSetting("tlsCertificateFile", range: "the path of a PEM file") { _ in nil },
        ClientSetting("tlsPrivateKeyFile", range: "the path of a PEM file") { _ in nil },
        ClientSetting("tlsServerName", range: "a host name") { _ in nil },
    ]

    /// Those of one dictionary.
    ///
    /// - Parameter prefix: its plain key prefix.
    package static func ofDictionary(_ prefix: String) -> [ClientSetting] {
        ofDictionaries(at: ["dictionaries", prefix]) { $0.dictionaries[prefix] ?? DictionarySettings() }
    }

    /// The names of those that each dictionary can have.
    package static let dictionaryNames = ofDictionary("").compactMap(\.path.last)

    private static func ofDictionaries(
        at path: [String],
        _ settings: @escaping @Sendable (ClientConfiguration) -> DictionarySettings
    ) -> [ClientSetting] {
        [
            ClientSetting(
                path: path + ["expiration"],
                kind: "a number",
                unit: "seconds",
                range: "\(positive), or never"
            ) {
                switch settings($0).expiration {
                case .never: "never"
                case .after(let duration): text(duration)
                case .at(let date): "\(date)"
                case nil: nil
                }
            },
            ClientSetting(
                path: path + ["compressAbove"],
                kind: "a whole number",
                unit: "bytes",
                range: "0 or more, or never"
            ) {
                switch settings($0).compression {
                case .never: "never"
                case .above(let bytes): "\(bytes)"
                case nil: nil
                }
            },
            ClientSetting(path: path + ["longestKey"], kind: "a whole number", unit: "bytes", range: "1 to 250") {
                settings($0).longestKey.map { "\($0)" }
            },
            ClientSetting(path: path + ["largestValue"], kind: "a whole number", unit: "bytes", range: "1 or more") {
                settings($0).largestValue.map { "\($0)" }
            },
        ]
    }
}
