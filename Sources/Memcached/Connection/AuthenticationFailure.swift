package import MemcachedFraming

/// Why a connection could not authenticate.
package enum AuthenticationFailure: Error, Sendable {
    /// The server doesn't know SASL's commands.
    case unknownToServer
    case notOffered(SASLCredentials.Mechanism, offered: [String])
    case nothingInCommon(offered: [String])
    /// Only PLAIN is left, and others could read it.
    case plainTextForbidden
    /// The mechanism's own exchange has failed.
    case exchange(SASLFailure)
    /// SCRAM's key wasn't computed in time.
    case derivationTimedOut(iterations: Int)
    case unexpected(Status)
    /// The connection ended, or the time was up.
    case interrupted(RequestFailure)
}

extension AuthenticationFailure {
    /// What a person can do about it. It names the user, and shows nothing of the password.
    package func message(user: String) -> String {
        switch self {
        case .unknownToServer:
            "the server has no SASL authentication, and a client with credentials uses no server without. Start it with -S, or "
                + "give the client no credentials"
        case .notOffered(let mechanism, let offered):
            "the server doesn't offer \(mechanism.rawValue), the configured mechanism. \(Self.offer(offered))"
        case .nothingInCommon(let offered):
            "the server offers no mechanism that this client knows. \(Self.offer(offered)); this client knows "
                + SASLCredentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
        case .plainTextForbidden:
            "PLAIN, the only mechanism that is configured or offered, would send the password readable to everybody on the way. "
                + "Use TLS with verified certificates, let the server offer SCRAM-SHA-256, or set the credentials' "
                + "allowsPlainTextWithoutTLS"
        case .exchange(let failure):
            failure.message(user: user)
        case .derivationTimedOut(let iterations):
            "the server asks for \(iterations) iterations of SCRAM, and computing them took longer than connectTimeout "
                + "allows; let the server ask for fewer, or raise connectTimeout"
        case .unexpected(let status):
            "the server answered the authentication with '\(status)'; its log may tell why"
        case .interrupted:
            "the connection ended before the authentication was done"
        }
    }

    private static func offer(_ names: [String]) -> String {
        names.isEmpty ? "It offers none: check its mech_list" : "It offers \(names.joined(separator: ", "))"
    }
}
