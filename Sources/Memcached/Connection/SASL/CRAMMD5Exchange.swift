import Crypto

/// CRAM-MD5 (RFC 2195): the server's challenge, authenticated with the password.
package struct CRAMMD5Exchange: SASLExchange {
    private let user: String
    private let password: Secret
    private var hasAnswered = false

    package init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    package func begin() -> [UInt8] { [] }

    package mutating func challenged(_ message: [UInt8]) throws(SASLFailure) -> SASLAnswer {
        guard !hasAnswered else { throw .malformed("it sent a second challenge") }
        guard !message.isEmpty else { throw .malformed("its challenge is empty") }
        hasAnswered = true
        let key = SymmetricKey(data: Array(password.text.utf8))
        let code = HMAC<Insecure.MD5>.authenticationCode(for: message, using: key)
        return .send(Array("\(user) ".utf8) + code.flatMap(Self.hexadecimal))
    }

    package mutating func succeeded(_ message: [UInt8]) throws(SASLFailure) {
        guard hasAnswered else { throw .malformed("it was content without a challenge") }
    }

    private static func hexadecimal(_ byte: UInt8) -> [UInt8] {
        let digits = Array("0123456789abcdef".utf8)
        return [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
    }
}
