import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct ConnectingHistoryTests {
    /// Draws the longest waits.
    private struct Longest: RandomNumberGenerator {
        func next() -> UInt64 { .max }
    }

    private func configuration(_ initial: Duration = .milliseconds(50)) -> ClientConfiguration {
        var configuration = ClientConfiguration(servers: [MemcachedServer(.host("cache-1"))])
        configuration.initialBackoff = initial
        configuration.maximumBackoff = .milliseconds(200)
        return configuration
    }

    /// In milliseconds.
    private func pause(_ history: inout ConnectingHistory) -> Int {
        var longest = Longest()
        return Int((history.failed(using: &longest) / .milliseconds(1)).rounded(.up))
    }

    @Test func `pauses double, and begin anew after a connection that has lived long`() {
        var history = ConnectingHistory(configuration())
        for expected in [50, 100, 200, 200] { #expect(pause(&history) == expected) }
        #expect(history.ended(after: .milliseconds(200)) == .atOnce)
        #expect(pause(&history) == 200)
        #expect(history.ended(after: .milliseconds(201)) == .atOnce)
        #expect(pause(&history) == 50)
    }

    @Test func `a connection that follows failed attempts is told once`() {
        var history = ConnectingHistory(configuration())
        #expect(history.connected() == false)
        _ = pause(&history)
        #expect(history.connected() == true)
        #expect(history.connected() == false)
    }

    @Test func `one short life is a pause, the second in a row a failure`() {
        var history = ConnectingHistory(configuration())
        #expect(history.ended(after: .milliseconds(50)) == .after(.milliseconds(50)))
        #expect(history.ended(after: .milliseconds(51)) == .atOnce)
        #expect(history.ended(after: .milliseconds(50)) == .after(.milliseconds(50)))
        #expect(history.ended(after: .zero) == .failed)
        history.beginAnew()
        #expect(history.ended(after: .zero) == .after(.milliseconds(50)))
    }

    @Test func `other pauses hold from then on`() {
        var history = ConnectingHistory(configuration())
        _ = pause(&history)
        history.follow(configuration())
        #expect(pause(&history) == 100)
        history.follow(configuration(.milliseconds(10)))
        #expect(pause(&history) == 10)
        #expect(history.ended(after: .milliseconds(10)) == .after(.milliseconds(10)))
    }
}
