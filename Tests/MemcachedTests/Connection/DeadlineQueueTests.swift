import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DeadlineQueueTests {
    @Test func `entries leave in order, and those that left out of the middle are not found again`() {
        var queue = DeadlineQueue<String>()
        for id in 1...5 { queue.append("\(id)", id: UInt64(id), deadline: .at(id)) }
        #expect(queue.remove(id: 1) == "1")
        #expect(queue.remove(id: 3) == "3")
        #expect(queue.remove(id: 3) == nil)
        #expect(queue.count == 3 && queue.first == "2" && queue.earliestDeadline == .at(2))
        #expect(queue.popFirst()?.element == "2")
        #expect(queue.popFirst()?.element == "4")
        #expect(queue.popFirst()?.deadline == .at(5))
        #expect(queue.popFirst() == nil && queue.isEmpty && queue.first == nil)
        #expect(queue.earliestDeadline == .distantFuture)
    }

    @Test func `a short deadline behind a long one passes at its own time, and those without one never`() {
        var queue = DeadlineQueue<String>()
        for (id, time) in [50, 20, 40, 10, 20].enumerated() {
            queue.append("\(time)", id: UInt64(id), deadline: .at(time))
        }
        queue.append("never", id: 9, deadline: .distantFuture)
        #expect(queue.expire(now: .at(9)) == [])
        #expect(queue.expire(now: .at(10)) == ["10"])
        #expect(queue.earliestDeadline == .at(20))
        #expect(queue.expire(now: .at(49)) == ["20", "40", "20"])
        #expect(queue.expire(now: .distantFuture - .nanoseconds(1)) == ["50"])
        #expect(queue.removeAll() == ["never"])
    }

    @Test(arguments: 1...20 as ClosedRange<UInt64>)
    func `whatever happens to it, it is what a plain list would be`(seed: UInt64) {
        var random = seed
        func draw(_ bound: Int) -> Int {
            random = random &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(random >> 33) % bound
        }
        var queue = DeadlineQueue<Int>()
        var plain: [(id: Int, deadline: Int)] = []
        var (next, now) = (0, 0)
        for _ in 0..<500 {
            switch draw(6) {
            case 0, 1, 2:
                next += 1
                // Ids come in another order than the entries, as those of callers in several threads may.
                let (id, deadline) = (next ^ 1, now + draw(100))
                queue.append(id, id: UInt64(id), deadline: .at(deadline))
                plain.append((id, deadline))
            case 3:
                let id = draw(next + 2)
                let index = plain.firstIndex { $0.id == id }
                #expect(queue.remove(id: UInt64(id)) == index.map { plain.remove(at: $0).id })
            case 4:
                #expect(queue.popFirst()?.element == (plain.isEmpty ? nil : plain.removeFirst().id))
            default:
                now += draw(20)
                #expect(queue.expire(now: .at(now)) == plain.filter { $0.deadline <= now }.map(\.id))
                plain.removeAll { $0.deadline <= now }
            }
            #expect(queue.count == plain.count && queue.first == plain.first?.id)
            #expect(queue.earliestDeadline == plain.map(\.deadline).min().map { .at($0) } ?? .distantFuture)
        }
        #expect(queue.removeAll() == plain.map(\.id))
    }

    /// Where each of them looked at all the others, this would take a billion steps.
    @Test func `tens of thousands leave one by one, by giving up or by their deadlines`() {
        let count = 30_000
        var queue = DeadlineQueue<Int>()
        for id in 0..<count { queue.append(id, id: UInt64(id), deadline: .at(count - id)) }
        for id in stride(from: count - 1, to: 0, by: -2) { #expect(queue.remove(id: UInt64(id)) == id) }
        var left: [Int] = []
        for now in 0...count { left += queue.expire(now: .at(now)) }
        #expect(left == Array(stride(from: count - 2, through: 0, by: -2)))
        #expect(queue.isEmpty)
    }
}
