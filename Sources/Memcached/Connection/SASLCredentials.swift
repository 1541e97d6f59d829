/// A user and a password, for servers that want authentication by SASL (memcached's `-S`).
///
/// ```swift
/// var configuration = MemcachedClient.Configuration(servers: servers)
/// configuration.connection.credentials = SASLCredentials(user: "ada", password: password)
/// ```
///
/// Each connection authenticates anew, before it is used. All servers of a client get the same credentials. Descriptions, mirrors
/// and `dump` show the user and never the password.
public struct SASLCredentials: Sendable {
    /// How the password is shown to the server, from the strongest to the weakest.
    public enum Mechanism: String, CaseIterable, Sendable {
        /// The password stays here: both sides prove that they know it (RFC 5802 with SHA-512).
        case scramSHA512 = "SCRAM-SHA-512"
        /// The same with SHA-256 (RFC 7677).
        case scramSHA256 = "SCRAM-SHA-256"
        /// The same with SHA-1 (RFC 5802).
        case scramSHA1 = "SCRAM-SHA-1"
        /// The password stays here, but who listens can try passwords quickly, and the server proves nothing (RFC 2195).
        case cramMD5 = "CRAM-MD5"
        /// The password is sent as it is (RFC 4616).
        case plain = "PLAIN"
    }

    /// The user's name, as the server knows it, with its realm where it has one (`ada@example`). Not empty, and without control
    /// characters.
    public var user: String

    /// Not empty, and without control characters.
    package let password: Secret

    /// The only mechanism that is used; nil, the default, for the strongest that the server offers.
    ///
    /// Without TLS, who sits between the client and the server can shorten the server's offer. Name the mechanism where that matters.
    public var mechanism: Mechanism?

    /// Whether ``Mechanism/plain`` may send the password over a connection that is neither TLS to a verified server,
    /// nor a Unix socket, nor to a loopback address. Everybody on the way can read it then. Default false.
    public var allowsPlainTextWithoutTLS = false

    /// A user and its password. Both are sent as the UTF-8 that they are given in, without normalization, as memcached's own SASL
    /// library does it.
    public init(user: String, password: String) {
        self.user = user
        self.password = Secret(password)
    }
}

extension SASLCredentials: Equatable {
    /// Whether both are sent alike. User and password are compared by their bytes.
    public static func == (one: SASLCredentials, other: SASLCredentials) -> Bool {
        one.user.utf8.elementsEqual(other.user.utf8) && one.password == other.password
            && one.mechanism == other.mechanism
            && one.allowsPlainTextWithoutTLS == other.allowsPlainTextWithoutTLS
    }
}

extension SASLCredentials {
    /// Where SASL can't carry the user or the password; neither is shown.
    package var problems: [SettingsProblem] {
        [("saslUser", "user", user), ("saslPassword", "password", password.text)].compactMap {
            key,
            name,
            text -> SettingsProblem? in
            guard !text.isEmpty else {
                return SettingsProblem(key, "the credentials' \(name) is empty; it takes one character or more")
            }
            // SASLprep's prohibited output, as far as text can hold it by accident.
            return .unless(
                !text.unicodeScalars.contains(where: \.isProhibitedInCredentials),
                key,
                "the credentials' \(name) has a control character, such as a line's end or NUL, which SASL doesn't allow"
            )
        }
    }

    /// Throws where there is such a problem.
    package func validate() throws(MemcachedError) {
        if let first = problems.first { throw first.error }
    }
}

extension Unicode.Scalar {
    fileprivate var isProhibitedInCredentials: Bool {
        properties.generalCategory == .control || properties.isNoncharacterCodePoint
    }
}
