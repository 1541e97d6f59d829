import MemcachedFraming
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct DictionaryFlightsTests {
    private struct Failure: Error {}

    private let flights = Flights<Int>()
    private let key: ItemKey

    init() throws {
        key = try ItemKey("home")
    }

    private func waitForFollowers(_ count: Int) async {
        while flights.followerCount(key) != count { await Task.yield() }
    }

    private func isLead(_ role: Flights<Int>.Role) -> Bool {
        if case .lead = role { true } else { false }
    }

    @Test func `the first caller leads, and the others get its value`() async throws {
        #expect(isLead(await flights.join(key)))
        let followers = (0..<20).map { _ in Task { await flights.join(key) } }
        await waitForFollowers(20)
        flights.land(key, .success(7))
        for follower in followers {
            guard case .follow(.success(7)) = await follower.value else {
                Issue.record("\(await follower.value)")
                continue
            }
        }
    }

    @Test func `the leader's error reaches the others`() async throws {
        #expect(isLead(await flights.join(key)))
        let follower = Task { await flights.join(key) }
        await waitForFollowers(1)
        flights.land(key, .failure(Failure()))
        guard case .follow(.failure(is Failure)) = await follower.value else {
            Issue.record("\(await follower.value)")
            return
        }
    }

    @Test func `a leader that gives up lets the others look again, and one of them leads`() async throws {
        #expect(isLead(await flights.join(key)))
        let follower = Task { await flights.join(key) }
        await waitForFollowers(1)
        flights.land(key, nil)
        guard case .lookAgain = await follower.value else {
            Issue.record("\(await follower.value)")
            return
        }
        #expect(isLead(await flights.join(key)))
    }

    @Test func `what has landed is not kept: the next caller leads`() async throws {
        #expect(isLead(await flights.join(key)))
        flights.land(key, .success(7))
        #expect(flights.followerCount(key) == nil)
        #expect(isLead(await flights.join(key)))
    }

    @Test func `a cancelled follower resumes while the leader still computes, and the others stay`() async throws {
        #expect(isLead(await flights.join(key)))
        let staying = Task { await flights.join(key) }
        await waitForFollowers(1)
        let leaving = Task { await flights.join(key) }
        await waitForFollowers(2)
        leaving.cancel()
        guard case .cancelled = await leaving.value else {
            Issue.record("\(await leaving.value)")
            return
        }
        #expect(flights.followerCount(key) == 1)
        flights.land(key, .success(7))
        guard case .follow(.success(7)) = await staying.value else {
            Issue.record("\(await staying.value)")
            return
        }
    }

    @Test func `a task that is cancelled before it joins doesn't wait`() async throws {
        #expect(isLead(await flights.join(key)))
        let follower = Task {
            withUnsafeCurrentTask { $0?.cancel() }
            return await flights.join(key)
        }
        guard case .cancelled = await follower.value else {
            Issue.record("\(await follower.value)")
            return
        }
        #expect(flights.followerCount(key) == 0)
    }

    @Test func `keys fly apart, those too that only Swift takes for the same`() async throws {
        #expect(isLead(await flights.join(try ItemKey("caf\u{E9}"))))
        #expect(isLead(await flights.join(try ItemKey("cafe\u{301}"))))
    }

    @Test func `each caller resumes exactly once, however landing and cancelling race`() async throws {
        for _ in 0..<200 {
            #expect(isLead(await flights.join(key)))
            let followers = (0..<8).map { _ in Task { await flights.join(key) } }
            await waitForFollowers(8)
            await withTaskGroup { group in
                for follower in followers.prefix(4) { group.addTask { follower.cancel() } }
                group.addTask { flights.land(key, .success(7)) }
            }
            for follower in followers.suffix(4) {
                guard case .follow(.success(7)) = await follower.value else {
                    Issue.record("\(await follower.value)")
                    continue
                }
            }
            for follower in followers.prefix(4) {
                switch await follower.value {
                case .follow(.success(7)), .cancelled: break
                default: Issue.record("\(await follower.value)")
                }
            }
        }
    }
}
