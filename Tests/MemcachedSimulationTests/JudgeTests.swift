import Memcached
import MemcachedFraming
import TestSupport
import Testing

@testable import MemcachedSimulation

/// Histories that are wrong on purpose: what checks the client is checked itself.
@Suite(.fewAtATime) struct JudgeTests {
    private func operation(
        _ kind: MemcachedSimulation.Operation.Kind,
        id: Int = 1,
        from start: Int = 1,
        to end: Int = 10,
        hadToEnd: Bool = false,
        _ outcome: MemcachedSimulation.Operation.Outcome
    ) -> MemcachedSimulation.Operation {
        let operation = MemcachedSimulation.Operation(id: id, kind: kind, key: "k0")
        operation.hadToEnd = hadToEnd
        operation.start(start)
        operation.end(end, outcome)
        return operation
    }

    private func execution(
        _ opcode: Opcode,
        at sequence: Int,
        on server: Int = 0,
        of operation: Int? = 1,
        expecting requestCAS: UInt64 = 0,
        _ status: Status = .success,
        cas: UInt64 = 7,
        before: String? = nil,
        after: String? = nil
    ) -> Execution {
        Execution(
            sequence: sequence,
            server: server,
            incarnation: 0,
            link: 1,
            opcode: opcode,
            key: "k0",
            operation: operation,
            requestCAS: requestCAS,
            status: status,
            cas: cas,
            before: before,
            after: after
        )
    }

    private func verdict(
        _ operations: [MemcachedSimulation.Operation],
        _ executions: [Execution],
        _ circumstances: Circumstances = Circumstances(),
        lies: [Lie] = []
    ) -> Violation.Property? {
        Judge(operations: operations, executions: executions, circumstances: circumstances, lies: lies)
            .verdict()?.property
    }

    @Test func `a history in which all is true passes`() {
        let set = operation(.set, .stored(cas: 7))
        let get = operation(.get, id: 2, from: 11, to: 20, .read("k0|s1", cas: 7))
        let stored = execution(.set, at: 5, after: "k0|s1")
        #expect(verdict([set, get], [stored, execution(.get, at: 15, of: nil, before: "k0|s1")]) == nil)
    }

    @Test func `a value that no server gave during the call is found`() {
        let get = operation(.get, .read("k0|s9", cas: 7))
        #expect(verdict([get], []) == .valueUnderItsKey)
        #expect(verdict([get], [execution(.get, at: 20, of: nil, before: "k0|s9")]) == .valueUnderItsKey)
        #expect(verdict([get], [execution(.get, at: 5, of: nil, cas: 6, before: "k0|s9")]) == .valueUnderItsKey)
    }

    @Test func `a miss that no server told is found`() {
        #expect(verdict([operation(.get, .read(nil, cas: nil))], []) == .valueUnderItsKey)
    }

    @Test func `a store that was acknowledged and never executed is found`() {
        #expect(verdict([operation(.set, .stored(cas: 7))], []) == .outcomeIsTrue)
        #expect(verdict([operation(.set, .stored(cas: 8))], [execution(.set, at: 5)]) == .outcomeIsTrue)
    }

    @Test(arguments: [MemcachedError.Code.timedOut, .cancelled, .connectionLost, .overloaded, .clientClosed])
    func `a store that failed as not done and was executed later is found`(code: MemcachedError.Code) {
        #expect(verdict([operation(.set, .failed(code))], [execution(.set, at: 99)]) == .notDoneIsNeverDone)
    }

    @Test func `an unknown outcome may be executed once, not twice`() {
        let counted = operation(.increment, .failed(.outcomeUnknown))
        #expect(verdict([counted], [execution(.increment, at: 5)]) == nil)
        let twice = [execution(.increment, at: 5), execution(.increment, at: 6)]
        #expect(verdict([counted], twice) == .nothingTwice)
    }

    @Test func `an update that was applied twice is found unless it was asked for`() {
        let update = operation(.update, .updated("k0|s9+u1+u1"))
        let twice = [
            execution(.set, at: 5, expecting: 3, before: "k0|s9", after: "k0|s9+u1"),
            execution(.set, at: 6, expecting: 4, before: "k0|s9+u1", after: "k0|s9+u1+u1"),
        ]
        #expect(verdict([update], twice) == .nothingTwice)
        update.appliesAgain = true
        #expect(verdict([update], twice) == nil)
    }

    @Test func `an update that found nothing, though no server told so, is found`() {
        let update = operation(.update, .updated(nil))
        #expect(verdict([update], []) == .valueUnderItsKey)
        #expect(verdict([update], [execution(.get, at: 5, of: nil, before: "k0|s9")]) == .valueUnderItsKey)
        #expect(verdict([update], [execution(.get, at: 5, of: nil, .keyNotFound)]) == nil)
    }

    @Test func `a computed value that was neither read nor added is found`() {
        let computed = operation(.readThrough, .computed("k0|r1"))
        #expect(verdict([computed], []) == .outcomeIsTrue)
        let others = execution(.add, at: 5, of: 2, .keyExists, before: "k0|s9", after: "k0|s9")
        #expect(verdict([computed], [others]) == .outcomeIsTrue)
        let late = execution(.add, at: 15, after: "k0|r1")
        #expect(verdict([computed], [late]) == .outcomeIsTrue)
        #expect(verdict([computed], [execution(.add, at: 5, after: "k0|r1")]) == nil)
        #expect(verdict([computed], [execution(.add, at: 5, .keyExists)]) == nil)
        #expect(verdict([computed], [execution(.get, at: 5, of: nil, before: "k0|r1")]) == nil)
    }

    @Test func `a compare-and-swap over another value is found`() {
        let swap = operation(.swap, .stored(cas: 7))
        swap.entry = MemcachedEntry(key: "k0", value: "k0|s9", version: ItemVersion(cas: 3))
        let right = execution(.set, at: 5, expecting: 3, before: "k0|s9", after: "k0|c1")
        let wrong = execution(.set, at: 5, expecting: 3, before: "k0|s8", after: "k0|c1")
        #expect(verdict([swap], [right]) == nil)
        #expect(verdict([swap], [wrong]) == .swapOnItsVersion)
    }

    @Test func `an update that loses another writer's change is found`() {
        let update = operation(.update, .updated("k0|s9+u1"))
        let lost = execution(.set, at: 5, expecting: 3, before: "k0|s9+u8", after: "k0|s9+u1")
        #expect(verdict([update], [lost]) == .swapOnItsVersion)
    }

    @Test func `a removal that nobody asked for, and one that never happened, are found`() {
        let removal = execution(.delete, at: 5, of: nil, before: "k0|s9")
        let acknowledged = operation(.delete, .removed(true))
        #expect(verdict([acknowledged], [removal]) == nil)
        #expect(verdict([], [removal]) == .nothingTwice)
        #expect(verdict([acknowledged], []) == .outcomeIsTrue)
        #expect(verdict([operation(.delete, hadToEnd: true, .failed(.timedOut))], [removal]) == .nothingTwice)
    }

    @Test(arguments: [
        MemcachedError.Code.connectionLost, .connectionFailed, .outcomeUnknown, .overloaded, .clientClosed,
    ])
    func `a failure where nothing has gone wrong is found`(code: MemcachedError.Code) {
        let get = operation(.get, .failed(code))
        #expect(verdict([get], [], Circumstances(isUndisturbed: true)) == .nothingFailsWithoutCause)
        let disturbed = Circumstances(endsEarly: true, waitsForRoom: false)
        #expect(verdict([get], [], disturbed) == nil)
    }

    @Test func `a key whose requests go to two servers is found unless it may have moved`() {
        let get = operation(.get, .read(nil, cas: nil))
        let reads = [
            execution(.get, at: 5, on: 0, of: nil, .keyNotFound),
            execution(.get, at: 6, on: 1, of: nil, .keyNotFound),
        ]
        #expect(verdict([get], reads) == .oneServerPerKey)
        #expect(verdict([get], reads, Circumstances(movesKeys: true)) == nil)
    }

    @Test func `an item is lost where a server that had it has it no more`() {
        let set = execution(.set, at: 1, after: "k0|s1")
        let miss = execution(.get, at: 3, of: nil, .keyNotFound)
        #expect(Loss.isShown(by: [set, miss]))
        #expect(!Loss.isShown(by: [set, execution(.get, at: 2, of: nil, before: "k0|s1")]))
        #expect(!Loss.isShown(by: [set, execution(.delete, at: 2, of: nil, before: "k0|s1"), miss]))
        #expect(!Loss.isShown(by: [set, execution(.get, at: 3, on: 1, of: nil, .keyNotFound)]))
        #expect(Loss.isShown(by: [set, execution(.set, at: 2, .valueTooLarge, before: "k0|s1")]))
    }

    @Test func `only what a lie can have touched is excused`() {
        let get = operation(.get, from: 3, to: 10, .read("k0|s9", cas: 7))
        let read = execution(.get, at: 5, of: nil, before: "k0|s8")
        func told(_ lie: Lie) -> Violation.Property? {
            verdict([get], [read], Circumstances(isHostile: true), lies: [lie])
        }
        #expect(told(Lie(sequence: 5, link: 1, spoilsStream: false)) == nil)
        #expect(told(Lie(sequence: 4, link: 1, spoilsStream: true)) == nil)
        #expect(told(Lie(sequence: 4, link: 1, spoilsStream: false)) == .valueUnderItsKey)
        #expect(told(Lie(sequence: 6, link: 1, spoilsStream: true)) == .valueUnderItsKey)
        #expect(told(Lie(sequence: 5, link: 2, spoilsStream: true)) == .valueUnderItsKey)
    }

    @Test func `a compare-and-swap with a version that a server did give is judged in spite of lies`() {
        let swap = operation(.swap, from: 3, to: 10, .stored(cas: 9))
        swap.entry = MemcachedEntry(key: "k0", value: "k0|s9", version: ItemVersion(cas: 7))
        let store = execution(.set, at: 5, expecting: 7, cas: 9, before: "k0|s8", after: "k0|c1")
        func told(_ earlier: Execution) -> Violation.Property? {
            let lie = Lie(sequence: 1, link: 1, spoilsStream: false)
            return verdict([swap], [earlier, store], Circumstances(isHostile: true), lies: [lie])
        }
        #expect(told(execution(.get, at: 1, of: nil, before: "k0|s9")) == .swapOnItsVersion)
        #expect(told(execution(.get, at: 1, of: nil, before: "k0|s9+e3")) == nil)
    }

    @Test func `giving up before the deadline is found`() {
        #expect(verdict([operation(.get, .failed(.timedOut))], []) == .nothingFailsWithoutCause)
        #expect(verdict([operation(.get, hadToEnd: true, .failed(.timedOut))], []) == nil)
    }

    @Test func `a refusal that no server has told is found`() {
        let append = operation(.increment, .failed(.notANumber))
        #expect(verdict([append], []) == .nothingFailsWithoutCause)
        #expect(verdict([append], [execution(.increment, at: 5, .nonNumericValue)]) == nil)
    }

    @Test func `a protocol violation of an honest server is found`() {
        #expect(verdict([operation(.get, .failed(.protocolViolation))], []) == .honestServersAreTrusted)
    }
}
