#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// SCRAM (RFC 5802, RFC 7677) without channel binding: both sides prove that they know the password, and neither tells it.
package struct SCRAMExchange: SASLExchange {
    private enum State: Sendable {
        case begun
        case deriving(SCRAMChallenge)
        /// The proof is out; the server's signature under this key is due.
        case proving(serverKey: [UInt8], exchange: [UInt8])
        /// The server has proved itself and has yet to say that it is content.
        case proved
    }

    private let password: Secret
    private let hash: SCRAMHash
    private let nonce: String
    private let bareFirst: [UInt8]
    private var state = State.begun

    package init(user: String, password: Secret, hash: SCRAMHash, nonce: String) {
        self.password = password
        self.hash = hash
        self.nonce = nonce
        bareFirst = Array("n=".utf8) + user.utf8.flatMap(Self.escaped) + Array(",r=\(nonce)".utf8)
    }

    /// By bytes, as on the wire: a comma with a combining accent is another Character, and the same byte.
    private static func escaped(_ byte: UInt8) -> [UInt8] {
        switch byte {
        case UInt8(ascii: "="): Array("=3D".utf8)
        case UInt8(ascii: ","): Array("=2C".utf8)
        default: [byte]
        }
    }

    /// 144 bits from the system's secure source, printable and without a comma.
    package static func makeNonce() -> String {
        var generator = SystemRandomNumberGenerator()
        return Data((0..<18).map { _ in UInt8.random(in: .min ... .max, using: &generator) }).base64EncodedString()
    }

    package func begin() -> [UInt8] { Array("n,,".utf8) + bareFirst }

    package mutating func challenged(_ message: [UInt8]) throws(SASLFailure) -> SASLAnswer {
        switch state {
        case .begun:
            let challenge = try SCRAMChallenge(message, answering: nonce)
            state = .deriving(challenge)
            return .derive(
                PasswordDerivation(
                    password: password,
                    salt: challenge.salt,
                    iterations: challenge.iterations,
                    hash: hash
                )
            )
        case .proving(let serverKey, let exchange):
            try verify(message, serverKey: serverKey, exchange: exchange)
            state = .proved
            // memcached sends the signature as one more challenge, and wants an empty answer to it.
            return .send([])
        case .deriving, .proved:
            throw .malformed("it sent a message that isn't due")
        }
    }

    package mutating func derived(_ key: [UInt8]) throws(SASLFailure) -> [UInt8] {
        guard case .deriving(let challenge) = state else { throw .malformed("a key that nothing asked for") }
        let withoutProof = Array("c=biws,r=".utf8) + challenge.nonce
        let comma = [UInt8(ascii: ",")]
        let exchange = bareFirst + comma + challenge.message + comma + withoutProof
        let clientKey = hash.code(of: Array("Client Key".utf8), key: key)
        let signature = hash.code(of: exchange, key: hash.digest(of: clientKey))
        let proof = Data(zip(clientKey, signature).map { $0 ^ $1 }).base64EncodedString()
        state = .proving(serverKey: hash.code(of: Array("Server Key".utf8), key: key), exchange: exchange)
        return withoutProof + Array(",p=\(proof)".utf8)
    }

    package mutating func succeeded(_ message: [UInt8]) throws(SASLFailure) {
        switch state {
        case .proved:
            return
        case .proving(let serverKey, let exchange):
            // Some servers send the signature together with their consent.
            try verify(message, serverKey: serverKey, exchange: exchange)
            state = .proved
        case .begun, .deriving:
            throw .unproved
        }
    }

    private func verify(_ message: [UInt8], serverKey: [UInt8], exchange: [UInt8]) throws(SASLFailure) {
        let signature = try SCRAMSignature(message)
        guard hash.isCode(signature.bytes, of: exchange, key: serverKey) else { throw .unproved }
    }
}

extension SCRAMExchange: CustomReflectable {
    /// Empty: who has the server's key can stand in for the server.
    package var customMirror: Mirror { Mirror(self, children: []) }
}
