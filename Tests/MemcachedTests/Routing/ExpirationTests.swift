import Foundation
import TestSupport
import Testing

@testable import Memcached

@Suite("Expiration on the wire", .fewAtATime)
struct ExpirationTests {
    static let now = 1_700_000_000.25

    @Test(
        "A lifetime is whole seconds, rounded up, and past 30 days a Unix time",
        arguments: [
            (Expiration.never, 0),
            (.after(.seconds(1)), 1),
            (.after(.milliseconds(1)), 1),
            (.after(.milliseconds(1_001)), 2),
            (.after(Duration(secondsComponent: 7, attosecondsComponent: 1)), 8),
            (.after(.seconds(2_592_000)), 2_592_000),
            (.after(.seconds(2_592_001)), 1_702_592_002),
            (.after(.seconds(2_592_000) + .milliseconds(1)), 1_702_592_002),
            (.after(.seconds(Int64.max)), 0xFFFF_FFFE),
            (.after(.seconds(4_000_000_000)), 0xFFFF_FFFE),
        ] as [(Expiration, UInt32)]
    )
    func lifetimes(expiration: Expiration, wire: UInt32) {
        #expect(expiration.encoded(now: Self.now) == wire)
    }

    @Test("What is over already is never sent as 0, which means for ever")
    func over() {
        for duration in [Duration.zero, .seconds(-1), .milliseconds(-1), .seconds(Int64.min)] {
            #expect(Expiration.after(duration).encoded(now: Self.now) == 2_592_001)
        }
        // Not dates as the test's arguments: Swift Testing describes them, and Foundation can't describe all of these.
        for time in [Self.now, 0, -1e12, .nan, -.infinity] {
            let wire = Expiration.at(Date(timeIntervalSince1970: time)).encoded(now: Self.now)
            #expect(wire == 2_592_001, "\(time)")
        }
    }

    @Test(
        "A date near is sent as a lifetime, one past 30 days as that very time",
        arguments: [
            (now + 0.1, 1),
            (now + 1, 1),
            (now + 1.5, 2),
            (now + 2_592_000, 2_592_000),
            (now + 2_592_000.5, 1_702_592_001),
            (1_800_000_000, 1_800_000_000),
            (1_800_000_000.1, 1_800_000_001),
            (4_294_967_294, 0xFFFF_FFFE),
            (4_294_967_296, 0xFFFF_FFFE),
            (.infinity, 0xFFFF_FFFE),
        ] as [(Double, UInt32)]
    )
    func dates(time: Double, wire: UInt32) {
        #expect(Expiration.at(Date(timeIntervalSince1970: time)).encoded(now: Self.now) == wire)
    }

    @Test(
        "A clock out of all reason traps nowhere",
        arguments: [-1e18, -1, 0, 1e18, .infinity, -.infinity, .nan] as [Double]
    )
    func wrongClock(now: Double) {
        let date = Expiration.at(Date(timeIntervalSince1970: 5)).encoded(now: now)
        #expect(date != 0xFFFF_FFFF)
        #expect(Expiration.never.encoded(now: now) == 0)
        #expect(Expiration.after(.seconds(5)).encoded(now: now) == 5)
        #expect(Expiration.after(.seconds(3_000_000)).encoded(now: now) >= 3_000_000)
    }
}
