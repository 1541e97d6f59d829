import Crypto
import CryptoExtras
import Dispatch

/// A key from a password, by PBKDF2: as slow as the server asks for.
package struct PasswordDerivation: Sendable {
    /// RFC 7677's least, and what OWASP recommends for PBKDF2 with SHA-256: a hostile server can neither make the proof
    /// easy to crack, nor keep a processor busy for much longer than half a second.
    package static let iterationLimits = 4_096...600_000

    package let password: Secret
    package let salt: [UInt8]
    package let iterations: Int
    package let hash: SCRAMHash

    /// Computes it, here and now.
    package func key() throws(SASLFailure) -> [UInt8] {
        // The library takes no empty texts.
        guard !password.text.isEmpty else { throw .malformed("no key can be derived from an empty password") }
        guard !salt.isEmpty else { throw .malformed("its salt is empty") }
        guard Self.iterationLimits.contains(iterations) else {
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

    /// Computes a key and tells `completion`, on any thread and at any time; or never, where the key isn't wanted any
    /// more.
    package typealias Computation =
        @Sendable (
            _ derivation: PasswordDerivation,
            _ isWanted: @escaping @Sendable () -> Bool,
            _ completion: @escaping @Sendable (Result<[UInt8], SASLFailure>) -> Void
        ) -> Void

    /// Computes it on a thread that runs neither event loops nor Swift's tasks, one key after the other: whatever
    /// servers ask for, it takes one processor at most. A key that isn't wanted when its turn comes is skipped.
    package static func compute(
        _ derivation: PasswordDerivation,
        isWanted: @escaping @Sendable () -> Bool,
        completion: @escaping @Sendable (Result<[UInt8], SASLFailure>) -> Void
    ) {
        queue.async {
            guard isWanted() else { return }
            do throws(SASLFailure) {
                completion(.success(try derivation.key()))
            } catch {
                completion(.failure(error))
            }
        }
    }

    private static let queue = DispatchQueue(label: "swift-memcached.password-derivation")
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
