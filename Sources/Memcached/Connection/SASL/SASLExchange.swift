/// The client's side of one authentication, without input and output.
package protocol SASLExchange: Sendable {
    /// The data that goes out with the mechanism's name.
    func begin() -> [UInt8]

    /// The server has sent a message and wants an answer to it.
    mutating func challenged(_ message: [UInt8]) throws(SASLFailure) -> SASLAnswer

    /// The server is content. Throws where this side isn't.
    mutating func succeeded(_ message: [UInt8]) throws(SASLFailure)

    /// The key has been derived that the last answer asked for. Returns what is to be sent.
    mutating func derived(_ key: [UInt8]) throws(SASLFailure) -> [UInt8]
}

/// What follows on a server's challenge.
package enum SASLAnswer: Sendable {
    case send([UInt8])
    /// The answer needs a key that takes a while to compute.
    case derive(PasswordDerivation)
}

extension SASLExchange {
    package mutating func derived(_ key: [UInt8]) throws(SASLFailure) -> [UInt8] {
        throw .malformed("a key that nothing asked for")
    }
}
