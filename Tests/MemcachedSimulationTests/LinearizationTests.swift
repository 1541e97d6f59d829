import Memcached
import TestSupport
import Testing

@testable import MemcachedSimulation

@Suite(.fewAtATime) struct LinearizationTests {
    private func operation(
        _ kind: MemcachedSimulation.Operation.Kind,
        _ value: String? = nil,
        from start: Int,
        to end: Int,
        _ outcome: MemcachedSimulation.Operation.Outcome
    ) -> MemcachedSimulation.Operation {
        let operation = MemcachedSimulation.Operation(id: start, kind: kind, key: "k0")
        operation.value = value
        operation.start(start)
        operation.end(end, outcome)
        return operation
    }

    private func result(
        _ operations: MemcachedSimulation.Operation...,
        mayBeLost: Bool = false
    ) -> LinearizationSearch.Result {
        LinearizationSearch(operations: operations, mayBeLost: mayBeLost).run()
    }

    @Test func `operations that overlap may have happened in either order`() {
        let set = operation(.set, "k0|s1", from: 1, to: 9, .stored(cas: nil))
        #expect(result(set, operation(.get, from: 2, to: 3, .read("k0|s1", cas: nil))) == .found)
        #expect(result(set, operation(.get, from: 2, to: 3, .read(nil, cas: nil))) == .found)
    }

    @Test func `an old value after a newer one was acknowledged is found`() {
        let first = operation(.set, "k0|s1", from: 1, to: 2, .stored(cas: nil))
        let second = operation(.set, "k0|s3", from: 3, to: 4, .stored(cas: nil))
        #expect(result(first, second, operation(.get, from: 5, to: 6, .read("k0|s1", cas: nil))) == .impossible)
        #expect(result(first, second, operation(.get, from: 5, to: 6, .read("k0|s3", cas: nil))) == .found)
    }

    @Test func `a value that came back after a miss is found`() {
        let set = operation(.set, "k0|s1", from: 1, to: 2, .stored(cas: nil))
        let miss = operation(.get, from: 3, to: 4, .read(nil, cas: nil))
        let again = operation(.get, from: 5, to: 6, .read("k0|s1", cas: nil))
        #expect(result(set, miss, again, mayBeLost: true) == .impossible)
    }

    @Test func `a miss after an acknowledged store is found unless a server has lost the item`() {
        let set = operation(.set, "k0|s1", from: 1, to: 2, .stored(cas: nil))
        let miss = operation(.get, from: 3, to: 4, .read(nil, cas: nil))
        #expect(result(set, miss) == .impossible)
        #expect(result(set, miss, mayBeLost: true) == .found)
    }

    @Test func `an unknown outcome may come true later, or never`() {
        let first = operation(.set, "k0|s1", from: 1, to: 2, .stored(cas: nil))
        let unknown = operation(.set, "k0|s3", from: 3, to: 4, .failed(.outcomeUnknown))
        let old = operation(.get, from: 5, to: 6, .read("k0|s1", cas: nil))
        let new = operation(.get, from: 7, to: 8, .read("k0|s3", cas: nil))
        #expect(result(first, unknown, old) == .found)
        #expect(result(first, unknown, old, new) == .found)
    }

    @Test func `of two updates of one value, both acknowledged, one that is lost is found`() {
        let first = operation(.set, "k0|s1", from: 1, to: 2, .stored(cas: nil))
        let one = operation(.update, "+u3", from: 3, to: 6, .updated("k0|s1+u3"))
        let other = operation(.update, "+u4", from: 4, to: 6, .updated("k0|s1+u4"))
        #expect(result(first, one, other) == .impossible)
        #expect(result(first, one, operation(.update, "+u4", from: 4, to: 6, .updated("k0|s1+u3+u4"))) == .found)
    }
}
