import TestSupport
import Testing

@testable import Memcached

@Suite("Backoff", .fewAtATime)
struct BackoffTests {
    /// Draws the same number for ever.
    private struct Constant: RandomNumberGenerator {
        var number: UInt64
        func next() -> UInt64 { number }
    }

    @Test("Waits double up to the longest, between half and all of their bound")
    func doubling() {
        var generator = SystemRandomNumberGenerator()
        var backoff = Backoff(initial: .milliseconds(50), maximum: .milliseconds(300))
        for bound in [50, 100, 200, 300, 300, 300] {
            let wait = backoff.next(using: &generator)
            #expect(wait >= .milliseconds(bound) / 2)
            #expect(wait <= .milliseconds(bound))
        }
    }

    @Test("The random source decides within these bounds")
    func drawing() {
        var lowest = Constant(number: 0)
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(5))
        #expect(backoff.next(using: &lowest) == .milliseconds(25))
        #expect(backoff.next(using: &lowest) == .milliseconds(50))
    }

    @Test("Other bounds begin anew, and the same ones change nothing")
    func following() {
        var lowest = Constant(number: 0)
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(5))
        for _ in 0..<20 { _ = backoff.next(using: &lowest) }
        backoff.follow(initial: .milliseconds(50), maximum: .seconds(5))
        #expect(backoff.next(using: &lowest) == .milliseconds(2_500))
        backoff.follow(initial: .milliseconds(10), maximum: .milliseconds(16))
        for wait in [5, 8, 8] { #expect(backoff.next(using: &lowest) == .milliseconds(wait)) }
    }

    @Test("After a reset it begins anew")
    func reset() {
        var lowest = Constant(number: 0)
        var backoff = Backoff(initial: .milliseconds(50), maximum: .seconds(5))
        for _ in 0..<20 { _ = backoff.next(using: &lowest) }
        #expect(backoff.next(using: &lowest) == .milliseconds(2_500))
        backoff.reset()
        #expect(backoff.next(using: &lowest) == .milliseconds(25))
    }
}
