package import MemcachedFraming

/// Why a connection could not authenticate.
package enum AuthenticationFailure: Error, Sendable {
    /// The server doesn't know SASL's commands.
    case unknownToServer
    case notOffered(Credentials.Mechanism, offered: [String])
    case nothingInCommon(offered: [String])
    /// Only PLAIN is left, and others could read it.
    case plainTextForbidden
    /// The server doesn't take the user or the password. It may say why.
    case refused(reason: String?)
    /// The server agreed without the right signature.
    case unproved
    /// The server asks for too few or too many iterations.
    case iterations(Int)
    /// The server sent what the mechanism doesn't allow.
    case malformed(String)
    case unexpected(Status)
    /// The connection ended, or the time was up.
    case interrupted(RequestFailure)
}

extension AuthenticationFailure {
    /// The error that a caller sees. It names the user, and shows nothing of the password.
    package func error(server: ServerAddress, user: String) -> MemcachedError {
        switch self {
        case .interrupted(let failure):
            return Self.error(interruptedBy: failure, server: server)
        default:
            return MemcachedError(.authenticationFailed, message(user: user), server: server)
        }
    }

    private static func error(interruptedBy failure: RequestFailure, server: ServerAddress) -> MemcachedError {
        guard case .timedOut = failure.reason else { return HandshakeFailure.failed(failure).error(server: server) }
        return MemcachedError(
            .connectionFailed,
            "the server took the connection, but the authentication wasn't done in time; is the server stopped, overloaded, "
                + "or one that speaks text only (-B ascii, -Y)?",
            server: server
        )
    }

    private func message(user: String) -> String {
        switch self {
        case .unknownToServer:
            "the server has no SASL authentication, and a client with credentials uses no server without. Start it with -S, or "
                + "give the client no credentials"
        case .notOffered(let mechanism, let offered):
            "the server doesn't offer \(mechanism.rawValue), the configured mechanism. \(Self.offer(offered))"
        case .nothingInCommon(let offered):
            "the server offers no mechanism that this client knows. \(Self.offer(offered)); this client knows "
                + Credentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
        case .plainTextForbidden:
            "PLAIN, the only mechanism that is configured or offered, would send the password readable to everybody on the way. "
                + "Use TLS, let the server offer SCRAM-SHA-256, or set the credentials' allowsPlainTextWithoutTLS"
        case .refused(let reason):
            "the server refused the user '\(user)' or its password\(reason.map { " ('\($0)')" } ?? ""); check both, "
                + "the user's realm, and what the server's SASL database holds"
        case .unproved:
            "the server can't prove that it knows the password of '\(user)': somebody else may answer in its place. "
                + "Nothing was sent to it but a proof that doesn't tell the password"
        case .iterations(let count) where count < PasswordDerivation.iterationLimits.lowerBound:
            "the server asks for \(count) iterations of SCRAM, which makes passwords easy to crack; let it ask for "
                + "\(PasswordDerivation.iterationLimits.lowerBound) or more"
        case .iterations(let count):
            "the server asks for \(count) iterations of SCRAM; this client computes at most "
                + "\(PasswordDerivation.iterationLimits.upperBound)"
        case .malformed(let what):
            "the server broke SASL's rules: \(what)"
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
