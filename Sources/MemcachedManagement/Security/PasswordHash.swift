#if Management
import Crypto
import CryptoExtras
import Foundation
import MemcachedTooling

/// A password as the configuration keeps it: derived by scrypt (RFC 7914), so that reading the file tells nobody the password.
struct PasswordHash: Sendable, Equatable {
    private let parts: PasswordHashText

    /// What OWASP recommends for scrypt with a block size of 8: 128 MiB of memory for each attempt.
    private static let recommendedRounds = 1 << 17

    /// Derives it from a new password. Takes about half a second with the recommended number of rounds.
    init(of password: String, rounds: Int = recommendedRounds) throws {
        let salt = Data(SymmetricKey(size: .bits128).withUnsafeBytes { Array($0) })
        let key = try Self.derived(password, salt, rounds, 8, 1)
        parts = PasswordHashText(rounds: rounds, blockSize: 8, parallelism: 1, salt: salt, key: key)
    }

    init(_ parts: PasswordHashText) {
        self.parts = parts
    }

    /// As ``PasswordHashText`` has it.
    var text: String { parts.text }

    /// Takes as long for a wrong password as for the right one.
    func matches(_ password: String) -> Bool {
        let derived = try? Self.derived(password, parts.salt, parts.rounds, parts.blockSize, parts.parallelism)
        guard let derived else { return false }
        return zip(parts.key, derived).reduce(UInt8(0)) { $0 | ($1.0 ^ $1.1) } == 0 && parts.key.count == derived.count
    }

    static func derived(
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
