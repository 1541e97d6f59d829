/// A setting that a configuration file or an environment can hold: one line of what `ClientConfiguration(config:)` reads.
package struct ClientSetting: Sendable {
    package let key: String
    /// What a number counts; empty of others.
    package let unit: String
    /// What is allowed.
    package let range: String
    package let isSecret: Bool
    /// As it is in a configuration; nil where it isn't set there.
    package let value: @Sendable (ClientConfiguration) -> String?

    private init(
        _ key: String,
        unit: String = "",
        range: String,
        isSecret: Bool = false,
        _ value: @escaping @Sendable (ClientConfiguration) -> String?
    ) {
        self.key = key
        self.unit = unit
        self.range = range
        self.isSecret = isSecret
        self.value = value
    }
}

extension ClientSetting {
    private static func seconds(
        _ key: String,
        range: String,
        _ value: @escaping @Sendable (ClientConfiguration) -> Duration?
    ) -> ClientSetting {
        ClientSetting(key, unit: "seconds", range: range) { configuration in
            value(configuration).map { duration in
                let seconds = duration / .seconds(1)
                return seconds == seconds.rounded() ? "\(Int(seconds))" : "\(seconds)"
            }
        }
    }

    private static func count(
        _ key: String,
        unit: String,
        range: String,
        _ value: @escaping @Sendable (ClientConfiguration) -> Int?
    ) -> ClientSetting {
        ClientSetting(key, unit: unit, range: range) { value($0).map { "\($0)" } }
    }

    /// All of them, in the order of the documentation.
    package static let all: [ClientSetting] = [
        ClientSetting("servers", range: "at least one HOST[:PORT][=WEIGHT], [IPv6]:PORT or unix:PATH") {
            configuration in
            configuration.servers.map { "\($0)" }.joined(separator: ", ")
        },
        seconds("timeout", range: "more than 0", \.timeout),
        count("connectionsPerServer", unit: "connections", range: "1 to 64", \.connectionsPerServer),
        seconds("initialBackoff", range: "more than 0", \.initialBackoff),
        seconds("maximumBackoff", range: "initialBackoff or more", \.maximumBackoff),
        seconds("shutdownTimeout", range: "0 or more", \.shutdownTimeout),
        count("batchWindow", unit: "requests", range: "1 or more", \.batchWindow),
        count("batchWindowBytes", unit: "bytes", range: "1 or more", \.batchWindowBytes),
        ClientSetting("failurePolicy", range: "fail or nextServer") { "\($0.failurePolicy)" },
        count("ejectionFailures", unit: "failures", range: "1 or more", \.ejection?.failures),
        seconds("ejectionTrialInterval", range: "more than 0; needs ejectionFailures", \.ejection?.trialInterval),
        seconds("connectTimeout", range: "more than 0", \.connection.connectTimeout),
        seconds("stallTimeout", range: "more than 0", \.connection.stallTimeout),
        seconds("idleCheckInterval", range: "more than 0", \.connection.idleCheckInterval),
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
            range: Credentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
        ) { $0.connection.credentials?.mechanism?.rawValue },
        ClientSetting("saslAllowsPlainTextWithoutTLS", range: "true or false") {
            $0.connection.credentials.map { "\($0.allowsPlainTextWithoutTLS)" }
        },
        ClientSetting("redactsKeysAndValues", range: "true or false") { "\($0.redactsKeysAndValues)" },
        ClientSetting("spansShowKeys", range: "true or false") { "\($0.observability.spansShowKeys)" },
        ClientSetting("tls", range: "true or false") { configuration in
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
}
