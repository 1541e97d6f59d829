import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("A soak's ledgers", .fewAtATime)
struct SoakLedgerTests {
    private final class Line: Sendable {}
    private let wire = Wire(Line())

    private func span(_ begin: Int = 0, _ end: Int? = nil, _ wire: Wire? = nil) -> Span {
        Span(begin: begin, end: end ?? begin, wire: wire)
    }

    private func register(_ sequence: Int) -> RegisterLedger {
        var ledger = RegisterLedger()
        ledger.begin(life: 0)
        ledger.acknowledge(.sequence(sequence), span())
        return ledger
    }

    @Test func `a register holds what was acknowledged last, and neither nothing nor anything earlier or later`() {
        var ledger = register(4)
        ledger.acknowledge(.sequence(5), span())
        #expect(ledger.observe(.sequence(5), span()).defect == nil)
        #expect(ledger.observe(.nothing, span()).defect != nil)
        #expect(ledger.observe(.sequence(4), span()).defect != nil)
        #expect(ledger.observe(.sequence(6), span()).defect != nil)
        #expect(ledger.observe(isPresent: false, span()).defect != nil)
        ledger.acknowledge(.nothing, span())
        #expect(ledger.observe(.nothing, span()).defect == nil)
        #expect(ledger.observe(isPresent: true, span()).defect != nil)
    }

    @Test func `a store of unknown outcome may be there, but doesn't go away again`() {
        var ledger = register(4)
        ledger.leaveOpen(.sequence(5), span())
        #expect(ledger.observe(.sequence(4), span()).defect == nil)
        #expect(ledger.observe(.sequence(5), span()).defect == nil)
        #expect(ledger.observe(.sequence(4), span()).defect != nil)
    }

    @Test func `a store of unknown outcome may be carried out once, even late, but not twice`() {
        var ledger = register(4)
        ledger.leaveOpen(.sequence(5), span())
        ledger.acknowledge(.sequence(6), span())
        #expect(ledger.observe(.sequence(5), span()).defect == nil)
        ledger.acknowledge(.sequence(7), span())
        #expect(ledger.observe(.sequence(5), span()).defect != nil)
    }

    @Test func `on one connection requests keep their order, on different ones they may not`() {
        var ledger = register(4)
        ledger.leaveOpen(.sequence(5), span(0, 0, wire))
        var other = ledger
        ledger.acknowledge(.sequence(6), span(0, 0, wire))
        #expect(ledger.isSettled)
        #expect(ledger.observe(.sequence(5), span()).defect != nil)
        other.acknowledge(.sequence(6), span(0, 0, Wire(Line())))
        #expect(other.observe(.sequence(5), span()).defect == nil)
    }

    @Test func `after a rest nothing is open`() {
        var ledger = register(4)
        ledger.leaveOpen(.sequence(5), span())
        #expect(ledger.rest(.sequence(4), span()).defect == nil)
        #expect(ledger.observe(.sequence(5), span()).defect != nil)
    }

    @Test func `a server that was killed has lost all, but not what was stored across its end`() {
        var ledger = register(4)
        ledger.begin(life: 2)
        #expect(ledger.observe(.sequence(4), span(2)).defect != nil)
        #expect(ledger.observe(.nothing, span(2)).defect == nil)
        ledger.acknowledge(.sequence(5), span(2, 4))
        #expect(ledger.observe(.sequence(5), span(4)).defect == nil)
        // While it is being killed, and across it, nothing can be told.
        ledger.begin(life: 5)
        #expect(ledger.observe(.sequence(9), span(5)).defect == nil)
        #expect(ledger.observe(.sequence(9), span(4, 6)).defect == nil)
    }

    @Test func `a register tells what it has judged from what is explained or can't be told`() {
        var ledger = register(4)
        #expect(ledger.observe(.sequence(4), span()) == .right)
        #expect(ledger.observe(isPresent: true, span()) == .right)
        #expect(ledger.observe(.sequence(4), span(0, 2)) == .skipped)
        #expect(ledger.observe(isPresent: true, span(0, 2)) == .skipped)
        ledger.leaveOpen(.sequence(5), span())
        #expect(ledger.observe(.sequence(4), span()) == .right)
        #expect(ledger.observe(.sequence(5), span()) == .explained)
        #expect(ledger.observe(.sequence(5), span()) == .right)
        ledger.acknowledge(.nothing, span())
        ledger.leaveOpen(.sequence(6), span())
        #expect(ledger.observe(isPresent: true, span()) == .explained)
    }

    private func column(_ numbers: Int...) -> Ballot.Column {
        var column = Ballot.Column()
        for number in numbers { column.enter(number) }
        return column
    }

    private func ballot(_ numbers: Int...) -> BallotLedger {
        var ledger = BallotLedger()
        ledger.begin(life: 0)
        var column = Ballot.Column()
        for number in numbers {
            column.enter(number)
            #expect(ledger.acknowledge(number, column, span()).defect == nil)
        }
        return ledger
    }

    @Test func `an acknowledged update stays`() {
        for wrong in [column(), column(1), column(1, 3), column(2, 1), column(1, 2, 3), column(1, 2, 2)] {
            var ledger = ballot(1, 2)
            #expect(ledger.observe(wrong, span()).defect != nil)
        }
        var ledger = ballot(1, 2)
        #expect(ledger.observe(column(1, 2), span()).defect == nil)
    }

    @Test func `an update of unknown outcome is there once at most, one that failed never`() {
        for (seen, isRight) in [
            (column(1), true), (column(1, 2), true), (column(1, 3), true), (column(1, 2, 3), true),
            (column(1, 2, 2), false), (column(1, 3, 2), false), (column(1, 2, 3, 4), false), (column(2), false),
        ] {
            var ledger = ballot(1)
            ledger.leaveOpen(2, span())
            ledger.leaveOpen(3, span())
            #expect((ledger.observe(seen, span()).defect == nil) == isRight, "\(seen.recent)")
        }
        var ledger = ballot(1)
        ledger.leaveOpen(2, span())
        #expect(ledger.observe(column(1, 2), span()).defect == nil)
        #expect(ledger.observe(column(1), span()).defect != nil)
    }

    @Test func `an update that was acknowledged must be in what it stored, once`() {
        var ledger = ballot(1)
        #expect(ledger.acknowledge(2, column(1), span()).defect != nil)
        ledger = ballot(1)
        #expect(ledger.acknowledge(2, column(1, 2, 2), span()).defect != nil)
        ledger = ballot(1)
        ledger.leaveOpen(2, span())
        #expect(ledger.acknowledge(3, column(1, 3), span()).defect == nil)
        // The compare-and-swap of 2 can't succeed after that of 3 did.
        #expect(ledger.observe(column(1, 3, 2), span()).defect != nil)
    }

    @Test func `a long column keeps its last numbers only, and they are compared`() {
        var ledger = BallotLedger()
        ledger.begin(life: 0)
        var column = Ballot.Column()
        for number in 1...40 {
            column.enter(number)
            #expect(ledger.acknowledge(number, column, span()).defect == nil)
        }
        #expect(column.recent.count == Ballot.Column.kept)
        var wrong = column
        wrong.recent[3] = 7
        #expect(ledger.observe(wrong, span()).defect != nil)
    }

    @Test func `updates of a life that is over are not there in the next one`() {
        var ledger = ballot(1)
        ledger.leaveOpen(2, span())
        ledger.begin(life: 2)
        var other = ledger
        #expect(ledger.observe(column(2), span(2)).defect != nil)
        other.leaveOpen(3, span(0, 2))
        #expect(other.observe(column(3), span(2)).defect == nil)
    }

    @Test func `a counter gives each addition a number of its own`() {
        var ledger = CounterLedger()
        let (one, other) = (ledger.begin(life: 0), ledger.begin(life: 0))
        #expect(ledger.acknowledge(1, one, span()).defect == nil)
        #expect(ledger.acknowledge(1, other, span()).defect != nil)
        let third = ledger.begin(life: 0)
        #expect(ledger.acknowledge(1, third, span()).defect != nil)
        let fourth = ledger.begin(life: 0)
        #expect(ledger.acknowledge(5, fourth, span()).defect != nil)
    }

    @Test func `a counter counts what failed never, and what is unknown once at most`() {
        var ledger = CounterLedger()
        let (failed, unknown, good) = (ledger.begin(life: 0), ledger.begin(life: 0), ledger.begin(life: 0))
        ledger.fail(failed, span())
        ledger.leaveOpen(unknown, span())
        #expect(ledger.acknowledge(2, good, span()).defect == nil)
        #expect(ledger.rest(3, span()).defect != nil)
        #expect(ledger.rest(1, span()).defect != nil)
        #expect(ledger.rest(2, span()).defect == nil)
    }

    @Test func `a counter begins anew with its server, with what was under way`() {
        var ledger = CounterLedger()
        for value in 1...9 {
            #expect(ledger.acknowledge(UInt64(value), ledger.begin(life: 0), span()).defect == nil)
        }
        let late = ledger.begin(life: 0)
        let ticket = ledger.begin(life: 2)
        #expect(ledger.acknowledge(2, ticket, span(2)).defect == nil)
        ledger.leaveOpen(late, span(0, 2))
        #expect(ledger.rest(3, span(2)).defect != nil)
        #expect(ledger.rest(2, span(2)).defect == nil)
    }
    @Test func `a ballot and a counter tell what they have judged from what is explained or can't be told`() {
        var ledger = ballot(1)
        #expect(ledger.observe(column(1), span()) == .right)
        #expect(ledger.acknowledge(2, column(1, 2), span()) == .right)
        #expect(ledger.observe(column(1, 2), span(0, 2)) == .skipped)
        ledger.leaveOpen(3, span())
        #expect(ledger.observe(column(1, 2, 3), span()) == .explained)
        ledger.leaveOpen(4, span())
        #expect(ledger.acknowledge(5, column(1, 2, 3, 4, 5), span()) == .explained)
        #expect(ledger.acknowledge(6, column(1, 2, 3, 4, 5, 6), span(0, 2)) == .skipped)
        var counter = CounterLedger()
        #expect(counter.acknowledge(1, counter.begin(life: 0), span()) == .right)
        counter.leaveOpen(counter.begin(life: 0), span())
        #expect(counter.rest(2, span()) == .explained)
        #expect(counter.rest(2, span()) == .right)
        #expect(counter.acknowledge(3, counter.begin(life: 0), span(0, 2)) == .skipped)
    }

    @Test func `what is judged, explained and skipped is counted apart, and what is wrong was judged`() {
        var observations = Observations()
        for verdict in [.right, .right, .right, .wrong(""), .explained, .explained, .skipped] as [Verdict] {
            observations.count(verdict)
        }
        #expect((observations.judged, observations.explained, observations.skipped) == (4, 2, 1))
    }
}
