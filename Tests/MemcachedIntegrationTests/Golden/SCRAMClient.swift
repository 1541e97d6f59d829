import Crypto
import Foundation

/// The client's part of one SCRAM-SHA-256 (RFC 5802, RFC 7677), without channel binding.
struct SCRAMClient {
    static let mechanism = "SCRAM-SHA-256"

    private let password: String
    private let bare: String

    init(user: String, password: String, nonce: String = UUID().uuidString) {
        self.password = password
        bare = "n=\(user),r=\(nonce)"
    }

    /// The message that begins it.
    var first: String { "n,,\(bare)" }

    /// What is said to the server's challenge, and what the server must say to that.
    func final(challenge: String) throws -> (message: String, serverFinal: String) {
        let fields = challenge.split(separator: ",")
        func field(_ name: String) -> String? {
            fields.first { $0.hasPrefix(name + "=") }.map { String($0.dropFirst(2)) }
        }
        guard let nonce = field("r"), let salt = field("s").flatMap({ Data(base64Encoded: $0) }),
            let iterations = field("i").flatMap({ Int($0) })
        else { throw MemcachedFailure("no SCRAM challenge: \(challenge)") }
        let salted = saltedPassword(salt, iterations)
        let withoutProof = "c=biws,r=\(nonce)"
        let exchange = Data("\(bare),\(challenge),\(withoutProof)".utf8)
        let clientKey = hmac(Data("Client Key".utf8), key: salted)
        let signature = hmac(exchange, key: Data(SHA256.hash(data: clientKey)))
        let proof = Data(zip(clientKey, signature).map { $0 ^ $1 })
        let serverSignature = hmac(exchange, key: hmac(Data("Server Key".utf8), key: salted))
        return (
            "\(withoutProof),p=\(proof.base64EncodedString())", "v=\(serverSignature.base64EncodedString())"
        )
    }

    /// PBKDF2 with one block.
    private func saltedPassword(_ salt: Data, _ iterations: Int) -> Data {
        let key = Data(password.utf8)
        var last = hmac(salt + [0, 0, 0, 1], key: key)
        var salted = last
        for _ in 1..<max(iterations, 2) {
            last = hmac(last, key: key)
            salted = Data(zip(salted, last).map { $0 ^ $1 })
        }
        return salted
    }

    private func hmac(_ message: Data, key: Data) -> Data {
        Data(HMAC<SHA256>.authenticationCode(for: message, using: SymmetricKey(data: key)))
    }
}
