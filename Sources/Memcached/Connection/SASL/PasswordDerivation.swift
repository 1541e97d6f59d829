import Crypto
import CryptoExtras

/// A key from a password, by PBKDF2: as slow as the server asks for.
package struct PasswordDerivation: Sendable {
    /// RFC 7677's least, and more than any published recommendation: a hostile server can neither make the proof easy to crack,
    /// nor keep a processor busy for longer than some two seconds.
    package static let iterationLimits = 4_096...2_000_000

    package let password: Secret
    package let salt: [UInt8]
    package let iterations: Int
    package let hash: SCRAMHash

    /// Computes it, here and now.
    package func key() throws(SASLFailure) -> [UInt8] {
        // The library takes no empty texts.
        guard !password.text.isEmpty, !salt.isEmpty, Self.iterationLimits.contains(iterations) else {
            throw .iterations(iterations, allowed: Self.iterationLimits)
        }
        do {
            let key = try KDF.Insecure.PBKDF2.deriveKey(
                from: Array(password.text.utf8),
                salt: salt,
                using: hash.derivation,
                outputByteCount: hash.digestLength,
                unsafeUncheckedRounds: iterations
            )
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw .malformed("no key can be derived from its salt")
        }
    }

    /// Computes it in a task of its own, whose executor is no event loop, whatever executor the caller prefers.
    package static func compute(_ derivation: PasswordDerivation) async throws(SASLFailure) -> [UInt8] {
        let result = await Task.detached { () -> Result<[UInt8], SASLFailure> in
            do throws(SASLFailure) {
                return .success(try derivation.key())
            } catch {
                return .failure(error)
            }
        }.value
        return try result.get()
    }
}

extension SCRAMHash {
    fileprivate var derivation: KDF.Insecure.PBKDF2.HashFunction {
        switch self {
        case .sha1: .insecureSHA1
        case .sha256: .sha256
        case .sha512: .sha512
        }
    }
}
