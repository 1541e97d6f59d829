import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("Waiters", .fewAtATime)
struct WaitersTests {
    @Test("Only a deadline earlier than all that are watched must be watched")
    func earliest() {
        var waiters = Waiters<String>()
        let watches = [10, 20, 5, 5, 7].enumerated().map { index, time in
            waiters.join(id: UInt64(index), context: "\(time)", deadline: .uptimeNanoseconds(UInt64(time)))
        }
        #expect(watches == [true, false, true, false, false])
    }

    @Test("Those whose deadline has passed leave in order, the others stay")
    func expiring() {
        var waiters = Waiters<String>()
        for (id, time) in [30, 10, 20, 10].enumerated() {
            _ = waiters.join(id: UInt64(id), context: "\(id)", deadline: .uptimeNanoseconds(UInt64(time)))
        }
        let early = waiters.expire(now: .uptimeNanoseconds(9))
        #expect(early.contexts.isEmpty && early.next == nil)
        let first = waiters.expire(now: .uptimeNanoseconds(10))
        #expect(first.contexts == ["1", "3"])
        #expect(first.next == .uptimeNanoseconds(20))
        // A second timer for the same moment finds nothing, and starts no third.
        let again = waiters.expire(now: .uptimeNanoseconds(10))
        #expect(again.contexts.isEmpty && again.next == nil)
        let last = waiters.expire(now: .uptimeNanoseconds(30))
        #expect(last.contexts == ["0", "2"])
        #expect(last.next == nil)
        #expect(waiters.isEmpty)
    }

    @Test("Who has left is handed out by nothing else")
    func leaving() {
        var waiters = Waiters<String>()
        for id in 1...5 as ClosedRange<UInt64> {
            _ = waiters.join(id: id, context: "\(id)", deadline: .distantFuture)
        }
        #expect(waiters.leave(id: 3) == "3")
        #expect(waiters.leave(id: 3) == nil)
        #expect(waiters.count == 4)
        #expect(waiters.leaveAll() == ["1", "2", "4", "5"])
        #expect(waiters.leaveAll() == [])
    }
}
