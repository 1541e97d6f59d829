/// Why an exchange with a server can't go on.
package enum SASLFailure: Error, Sendable {
    /// The server doesn't take the user or the password. It may say why.
    case refused(reason: String?)
    /// The server agreed without the right signature.
    case unproved
    /// The server asks for too few or too many iterations.
    case iterations(Int, allowed: ClosedRange<Int>)
    /// The server sent what the mechanism doesn't allow.
    case malformed(String)
}

extension SASLFailure {
    /// What a person can do about it. It names the user, and shows nothing of the password.
    package func message(user: String) -> String {
        switch self {
        case .refused(let reason):
            "the server refused the user '\(user)' or its password\(reason.map { " ('\($0)')" } ?? ""); check both, "
                + "the user's realm, and what the server's SASL database holds"
        case .unproved:
            "the server can't prove that it knows the password of '\(user)': somebody else may answer in its place. "
                + "Nothing was sent to it but a proof that doesn't tell the password"
        case .iterations(let count, let allowed) where count < allowed.lowerBound:
            "the server asks for \(count) iterations of SCRAM, which makes passwords easy to crack; let it ask for "
                + "\(allowed.lowerBound) or more"
        case .iterations(let count, let allowed):
            "the server asks for \(count) iterations of SCRAM; this client computes at most "
                + "\(allowed.upperBound)"
        case .malformed(let what):
            "the server broke SASL's rules: \(what)"
        }
    }
}
