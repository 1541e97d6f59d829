#if Management
import Foundation
import Memcached
import MemcachedTooling

/// A setting as the form shows it.
struct SettingField: Sendable {
    /// Of the field in the form.
    private(set) var name: String
    let title: String
    /// Unit and range.
    let help: String
    let value: String
    /// What is in force where the field is empty.
    let placeholder: String
    let choices: [Choice]
    let isList: Bool
    /// Nil where the field shows what it holds.
    let secret: Secret?
    /// What overrides the file; nil where nothing does.
    let override: String?
    let fieldProblem: String?

    struct Choice: Sendable {
        let value: String
        let label: String
        let isChosen: Bool
    }

    /// What is never shown.
    struct Secret: Sendable {
        /// Whether the file has it.
        let isStored: Bool
        /// Whether it is to be removed.
        let isRemoved: Bool
        /// Whether another one was typed, which is gone from the page.
        let isLost: Bool

        init(_ setting: ClientSetting, isStored: Bool, _ form: Form) {
            self.isStored = isStored
            isRemoved = form.isChecked("remove-\(setting.key)")
            isLost = !(form[setting.key] ?? "").isEmpty
        }
    }

    /// - Parameters:
    ///   - text: what the field shows.
    ///   - secret: of a setting that is one.
    init(
        _ setting: ClientSetting,
        text: String,
        secret: Secret?,
        isOverridden: Bool,
        problem: String?
    ) {
        name = setting.key
        title = Self.titles[setting.path.last ?? ""] ?? setting.key
        help = Self.labelled(setting.unit.isEmpty ? setting.range : "\(setting.unit), \(setting.range)")
        isList = setting.key == "servers"
        self.secret = secret
        value = secret == nil ? text : ""
        let usual = setting.value(ClientConfiguration(servers: [])) ?? ""
        placeholder = usual
        let options = Self.options(of: setting)
        choices =
            options.isEmpty
            ? []
            : [Choice(value: "", label: usual.isEmpty ? "default" : "default: \(usual)", isChosen: text.isEmpty)]
                + options.map { Choice(value: $0, label: $0, isChosen: $0 == text) }
        override =
            isOverridden
            ? "\(setting.environmentName) in this screen's environment is used in its place, here." : nil
        fieldProblem =
            problem.map { Self.labelled($0, of: setting) }.map { $0.prefix(1).uppercased() + $0.dropFirst() }
            ?? (secret?.isLost == true ? "No page shows what was typed here: type it again." : nil)
    }

    /// The same under another name.
    func named(_ name: String) -> SettingField {
        var field = self
        field.name = name
        return field
    }

    /// What can be chosen; empty of what is typed.
    private static func options(of setting: ClientSetting) -> [String] {
        switch setting.key {
        case "saslMechanism": SASLCredentials.Mechanism.allCases.map(\.rawValue)
        case "failurePolicy", "overloadPolicy", "saslAllowsPlainTextWithoutTLS", "redactsKeysAndValues",
            "spansShowKeys", "tls":
            setting.range.components(separatedBy: " or ")
        default: []
        }
    }

    /// Words on settings, with the labels of their fields in the place of their keys.
    ///
    /// - Parameter setting: what they are on, where they begin with it; its key may have a path before it.
    static func labelled(_ words: String, of setting: ClientSetting? = nil) -> String {
        let key = setting?.path.last ?? ""
        return words.replacing(/^[\w.-]+(?= must )/) { label(key[...]) ?? String($0.output) }
            .replacing(/the setting '([^']+)'/) { label($0.output.1) ?? String($0.output.0) }
            .replacing(/\b[a-z]+[A-Z]\w*/) { label($0.output) ?? String($0.output) }
    }

    /// The label of the field for a key, in quotation marks; nil where it has none. The key may have a path before it.
    static func label(_ key: some StringProtocol) -> String? {
        let title = key.split(separator: ".").last.flatMap { titles[String($0)] }
        return title.map { "'\($0.prefix { $0 != "," })'" }
    }

    private static let titles: [String: String] = [
        "servers": "Servers, one on each line, in the order that all clients use",
        "timeout": "Longest time of a call",
        "connectionsPerServer": "Connections to each server",
        "initialBackoff": "First pause before a lost server is tried again",
        "maximumBackoff": "Longest of these pauses",
        "shutdownTimeout": "Longest wait for due replies at shutdown",
        "batchWindow": "Requests of a batch at a time",
        "batchWindowBytes": "Bytes of a batch at a time",
        "failurePolicy": "A server that can't be reached",
        "ejectionFailures": "Failures in a row that leave a server out",
        "ejectionTrialInterval": "Pause between its trials",
        "connectTimeout": "Longest time to connect",
        "stallTimeout": "Longest silence of a server",
        "idleCheckInterval": "Check of an idle connection after",
        "busyPollTime": "Busy polling",
        "maximumRequestsInFlight": "Requests in flight on a connection",
        "maximumBytesInFlight": "Bytes in flight on a connection",
        "overloadPolicy": "Calls beyond these bounds",
        "itemSizeLimit": "Largest item, where a server doesn't tell",
        "maximumReplyBytes": "Largest reply",
        "maximumBatchReplyBytes": "A batch's values from one server",
        "saslUser": "User",
        "saslPassword": "Password",
        "saslMechanism": "Mechanism",
        "saslAllowsPlainTextWithoutTLS": "Plain passwords without TLS",
        "redactsKeysAndValues": "Hide keys and values in errors and logs",
        "spansShowKeys": "Name keys in traces",
        "tls": "TLS",
        "tlsTrustRootsFile": "Trusted roots",
        "tlsCertificateFile": "This client's certificate",
        "tlsPrivateKeyFile": "Its private key",
        "tlsServerName": "Name in every server's certificate",
        "expiration": "Default expiration",
        "compressAbove": "Compress values above",
        "longestKey": "Longest key, prefix included",
        "largestValue": "Largest value, as stored",
    ]
}
#endif
