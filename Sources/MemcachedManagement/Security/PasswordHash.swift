#if Management
import Crypto
import CryptoExtras
import Foundation

/// A password as the configuration keeps it: derived by scrypt (RFC 7914), so that reading the file tells nobody the password.
///
/// As text it is `scrypt:N:r:p:SALT:KEY`, with the salt and the key in Base64.
struct PasswordHash: Sendable, Equatable {
    private let rounds: Int
    private let blockSize: Int
    private let parallelism: Int
    private let salt: Data
    private let key: Data

    /// What OWASP recommends for scrypt with a block size of 8: 128 MiB of memory for each attempt.
    private static let recommendedRounds = 1 << 17
    /// A file must not make the screen take more memory than that, N * r * 128 bytes, nor less than is safe.
    private static let memory = (1 << 24)...(1 << 28)

    /// Derives it from a new password. Takes about half a second with the recommended number of rounds.
    init(of password: String, rounds: Int = recommendedRounds) throws {
        (self.rounds, blockSize, parallelism) = (rounds, 8, 1)
        salt = Data(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        key = try Self.derived(password, salt, rounds, blockSize, parallelism)
    }

    /// Reads the text; nil where it is none, or asks for too little or too much work.
    init?(text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt",
            let rounds = Int(parts[1]), let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
            let salt = Data(base64Encoded: String(parts[4])), let key = Data(base64Encoded: String(parts[5])),
            (2...1 << 24).contains(rounds), rounds.nonzeroBitCount == 1, (1...64).contains(blockSize),
            (1...16).contains(parallelism), Self.memory.contains(rounds * blockSize * 128),
            salt.count >= 16, key.count == 32
        else { return nil }
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
        self.salt = salt
        self.key = key
    }

    var text: String {
        "scrypt:\(rounds):\(blockSize):\(parallelism):\(salt.base64EncodedString()):\(key.base64EncodedString())"
    }

    /// Takes as long for a wrong password as for the right one.
    func matches(_ password: String) -> Bool {
        guard let other = try? Self.derived(password, salt, rounds, blockSize, parallelism) else { return false }
        return zip(key, other).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 && key.count == other.count
    }

    private static func derived(
        _ password: String,
        _ salt: Data,
        _ rounds: Int,
        _ blockSize: Int,
        _ parallelism: Int
    ) throws -> Data {
        try KDF.Scrypt.deriveKey(
            from: Data(password.utf8),
            salt: salt,
            outputByteCount: 32,
            rounds: rounds,
            blockSize: blockSize,
            parallelism: parallelism
        ).withUnsafeBytes { Data($0) }
    }
}
#endif
