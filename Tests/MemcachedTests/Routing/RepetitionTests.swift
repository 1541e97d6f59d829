import MemcachedFraming
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct RepetitionTests {
    private static let lost = RequestFailure(.closed(.closedByPeer), mayHaveReachedServer: true)
    private static let unsent = RequestFailure(.closed(.closedByPeer), mayHaveReachedServer: false)
    private static let turnedAway = RequestFailure(.closed(.closedHere), mayHaveReachedServer: false)

    /// Whether a request may be sent again after each of the failures, one after the other.
    private func goesOn(_ request: Request, after failures: RequestFailure...) -> [Bool] {
        var repetition = Repetition()
        return failures.map { repetition.goesOn(after: $0, request) }
    }

    private func requests() throws -> (read: Request, mutation: Request) {
        (.get(try ItemKey("key")), .delete(try ItemKey("key")))
    }

    @Test func `a read goes on once after its connection was lost, a mutation only where it was not sent`() throws {
        let (read, mutation) = try requests()
        #expect(goesOn(read, after: Self.lost, Self.lost, Self.unsent) == [true, false, false])
        #expect(goesOn(mutation, after: Self.lost) == [false])
        #expect(goesOn(mutation, after: Self.unsent, Self.unsent, Self.lost) == [true, false, false])
    }

    @Test func `one that a closing connection turned away has not used its second try, nor needs one`() throws {
        let failures = (Self.turnedAway, Self.unsent, Self.turnedAway, Self.unsent)
        for request in [try requests().read, try requests().mutation] {
            let goesOn = goesOn(request, after: failures.0, failures.1, failures.2, failures.3)
            #expect(goesOn == [true, true, true, false])
        }
    }

    @Test func `nothing goes on after a deadline, a cancellation or a refusal`() throws {
        let read = try requests().read
        for reason in [RequestFailure.Reason.timedOut, .cancelled, .overloaded, .repliesTooLarge(limit: 1)] {
            let failure = RequestFailure(reason, mayHaveReachedServer: false)
            #expect(goesOn(read, after: failure) == [false])
        }
    }
}
