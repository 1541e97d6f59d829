/// The client's side of one authentication, without input and output.
package protocol SASLExchange: Sendable {
    /// The data that goes out with the mechanism's name.
    func begin() -> [UInt8]

    /// The server has sent a message and wants an answer to it.
    mutating func challenged(_ message: [UInt8]) throws(AuthenticationFailure) -> SASLAnswer

    /// The server is content. Throws where this side isn't.
    mutating func succeeded(_ message: [UInt8]) throws(AuthenticationFailure)

    /// The key has been derived that the last answer asked for. Returns what is to be sent.
    mutating func derived(_ key: [UInt8]) throws(AuthenticationFailure) -> [UInt8]
}

/// What follows on a server's challenge.
package enum SASLAnswer: Sendable {
    case send([UInt8])
    /// The answer needs a key that takes a while to compute.
    case derive(PasswordDerivation)
}

extension SASLExchange {
    package mutating func derived(_ key: [UInt8]) throws(AuthenticationFailure) -> [UInt8] {
        throw .malformed("a key that nothing asked for")
    }
}

extension Credentials {
    package func exchange(by mechanism: Mechanism, nonce: String) -> any SASLExchange {
        switch mechanism {
        case .plain: PlainExchange(user: user, password: password)
        case .cramMD5: CRAMMD5Exchange(user: user, password: password)
        case .scramSHA1: SCRAMExchange(user: user, password: password, hash: .sha1, nonce: nonce)
        case .scramSHA256: SCRAMExchange(user: user, password: password, hash: .sha256, nonce: nonce)
        case .scramSHA512: SCRAMExchange(user: user, password: password, hash: .sha512, nonce: nonce)
        }
    }
}
