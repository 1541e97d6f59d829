import NIOCore
import Testing

@testable import Memcached

/// When an event loop looks for the next reply before it sleeps. It does so for 150 us.
@Suite final class BusyPollingTests {
    private var polling = BusyPolling(time: .microseconds(150))
    private var now = NIODeadline.uptimeNanoseconds(1_000_000)

    private func goesOn(at moment: NIODeadline) -> Bool { polling.goesOn(at: moment) }

    /// Replies that each come so long after the one before. Returns how many of them a search follows.
    ///
    /// - Parameter latency: how long each has taken; nil where that is not known.
    private func read(_ count: Int, gap: TimeAmount, latency: TimeAmount? = nil, isLight: Bool = true) -> Int {
        (0..<count).count { _ in
            now = now + gap
            return polling.read(at: now, written: latency.map { now - $0 }, isLight: isLight)
        }
    }

    /// Replies that come so late that each search has been in vain.
    private func miss(_ count: Int, gap: TimeAmount) -> Int {
        (0..<count).count { _ in
            _ = goesOn(at: now + .microseconds(150))
            now = now + gap
            return polling.read(at: now, written: nil, isLight: true)
        }
    }

    @Test func `it begins after sixteen replies that came soon`() {
        #expect(read(16, gap: .microseconds(90)) == 0)
        #expect(read(10, gap: .microseconds(90)) == 10)
    }

    @Test func `a search lasts until its time is over, and no longer than the next reply`() {
        _ = read(17, gap: .microseconds(90))
        let start = now
        #expect(goesOn(at: start))
        #expect(goesOn(at: start + .microseconds(149)))
        #expect(!goesOn(at: start + .microseconds(150)))
        #expect(!goesOn(at: start + .microseconds(50)))
        _ = read(1, gap: .microseconds(110))
        #expect(goesOn(at: start + .microseconds(259)))
        #expect(read(1, gap: .microseconds(40), isLight: false) == 0)
        #expect(!goesOn(at: now))
    }

    @Test func `replies that come later never begin it`() {
        #expect(read(10_000, gap: .microseconds(201)) == 0)
    }

    @Test func `nor do those that take long, though they follow each other closely`() {
        #expect(read(10_000, gap: .microseconds(120), latency: .microseconds(113)) == 0)
        #expect(read(17, gap: .microseconds(120), latency: .microseconds(112)) > 0)
    }

    @Test func `and they end it, though they are found`() {
        #expect(read(100, gap: .microseconds(50), latency: .microseconds(40)) > 50)
        #expect(read(100, gap: .microseconds(120), latency: .microseconds(115)) < 20)
    }

    @Test func `nor do those to several callers`() {
        #expect(read(10_000, gap: .microseconds(20), isLight: false) == 0)
    }

    @Test func `they end it at once`() {
        _ = read(17, gap: .microseconds(90))
        #expect(read(1, gap: .microseconds(20), isLight: false) == 0)
        #expect(read(15, gap: .microseconds(90)) == 0)
        #expect(read(1, gap: .microseconds(90)) == 1)
    }

    @Test func `a late reply now and then does not keep it from beginning`() {
        for _ in 0..<10 {
            _ = read(9, gap: .microseconds(90))
            _ = read(1, gap: .milliseconds(1))
        }
        #expect(read(1, gap: .microseconds(90)) == 1)
    }

    @Test func `searches in vain end it, and it takes ever more to begin again`() {
        // As from a server whose replies come after 180 us: soon enough to try, too late to be found.
        var searches = 0
        for _ in 0..<100_000 { searches += miss(1, gap: .microseconds(180)) }
        #expect(searches > 0)
        #expect(searches < 200)
    }

    @Test func `where it has helped long enough, what was in vain before counts no more`() {
        _ = read(17, gap: .microseconds(90))
        while miss(1, gap: .microseconds(180)) == 1 {}
        // Twice as many now, and the last one was the first of them.
        #expect(read(30, gap: .microseconds(90)) == 0)
        #expect(read(100, gap: .microseconds(40)) == 100)
        while miss(1, gap: .microseconds(180)) == 1 {}
        #expect(read(30, gap: .microseconds(90)) == 0)
        #expect(read(1, gap: .microseconds(90)) == 1)
        while miss(1, gap: .microseconds(180)) == 1 {}
        #expect(read(62, gap: .microseconds(90)) == 0)
        #expect(read(1, gap: .microseconds(90)) == 1)
    }

    @Test func `without time it never begins`() {
        polling = BusyPolling(time: .zero)
        #expect(read(1_000, gap: .microseconds(1)) == 0)
    }
}
