import Dispatch
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Memcached

/// SCRAM's key on its own thread.
@Suite(.fewAtATime) struct PasswordDerivationTests {
    private static let derivation = PasswordDerivation(
        password: Secret("pencil"),
        salt: [1, 2, 3],
        iterations: 4096,
        hash: .sha256
    )

    @Test func `keys are computed one after the other, and one that nobody wants any more is skipped`() async throws {
        let isWanted = NIOLockedValueBox(true)
        let computed = NIOLockedValueBox<[String]>([])
        let gate = DispatchSemaphore(value: 0)
        let last = await withUnsafeContinuation { continuation in
            // Until the gate opens, nothing behind it has its turn.
            let isHeldUp: @Sendable () -> Bool = {
                gate.wait()
                return true
            }
            PasswordDerivation.compute(Self.derivation, isWanted: isHeldUp) { _ in
                computed.withLockedValue { $0.append("held up") }
            }
            PasswordDerivation.compute(Self.derivation, isWanted: { isWanted.withLockedValue { $0 } }) { _ in
                computed.withLockedValue { $0.append("given up") }
            }
            isWanted.withLockedValue { $0 = false }
            PasswordDerivation.compute(Self.derivation, isWanted: { true }) { continuation.resume(returning: $0) }
            gate.signal()
        }
        #expect(computed.withLockedValue { $0 } == ["held up"])
        #expect(try last.get() == Self.derivation.key())
    }

    @Test func `what can't be derived is an error that says what it is`() {
        for (derivation, words) in [
            (PasswordDerivation(password: Secret(""), salt: [1], iterations: 4096, hash: .sha1), "empty password"),
            (PasswordDerivation(password: Secret("p"), salt: [], iterations: 4096, hash: .sha1), "salt is empty"),
            (PasswordDerivation(password: Secret("p"), salt: [1], iterations: 4095, hash: .sha1), "4095 iterations"),
            (PasswordDerivation(password: Secret("p"), salt: [1], iterations: 600_001, hash: .sha1), "at most 600000"),
        ] {
            let error = #expect(throws: SASLFailure.self) { try derivation.key() }
            #expect(error?.message(user: "ada").contains(words) == true)
        }
    }
}
