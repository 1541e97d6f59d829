import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// However much a server sends for a batch, what is gathered is bounded.
@Suite(.fewAtATime) struct BatchRepliesLimitTests {
    @Test func `what is over the limit fails the batch at once, and its other replies are dropped`() {
        let machine = MachineProbe(stallTimeout: .nanoseconds(100), maximumBatchReplyBytes: 10, now: .at(0))
        _ = machine.sent(
            [.batch(1, .getQuietly, count: 5, opaque: 1), .single(2, opaque: 6)],
            now: .at(0)
        )
        #expect(machine.take(.getQuietly, 1, value: "12345") == .wait)
        #expect(machine.take(.getQuietly, 2, value: "12345") == .wait)
        #expect(machine.take(.getQuietly, 3, value: "1") == .fail(1))
        #expect(machine.take(.getQuietly, 4, value: "123456789012345") == .wait)
        #expect(machine.take(.noop, 5) == .complete(nil, requests: 5, indices: []))
        #expect(machine.take(.noop, 6) == .complete(2, requests: 1))
    }

    @Test func `refusals are kept short, and count as they are kept`() {
        let machine = MachineProbe(stallTimeout: .nanoseconds(100), maximumBatchReplyBytes: 2_048, now: .at(0))
        _ = machine.sent([.batch(1, .setQuietly, count: 4, opaque: 1)], now: .at(0))
        let text = String(repeating: "x", count: 100_000)
        #expect(machine.take(.setQuietly, 1, status: .outOfMemory, value: text) == .wait)
        #expect(machine.take(.setQuietly, 2, status: .outOfMemory, value: text) == .wait)
        #expect(machine.take(.setQuietly, 3, status: .outOfMemory, value: text) == .fail(1))
    }

    @Test func `its keys fail with an error that says what to do, and the connection goes on`() throws {
        let fleet = try Fleet {
            $0.connection.itemSizeLimit = 1_024
            $0.connection.maximumBatchReplyBytes = 2_000
        }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let many = fleet.call { await $0.getMany(["a", "b", "c"]) }
        let requests = try wire.requests()
        let text = String(repeating: "x", count: 900)
        for frame in requests.dropLast() { try wire.reply(Wire.answer(to: frame) { _ in text }) }
        let results = try #require(many.value)
        #expect(results.count == 3)
        for result in results.values {
            guard case .failure(let error) = result else {
                Issue.record("a value of a batch that failed")
                continue
            }
            #expect(error.code == .valueTooLarge)
            #expect(error.message.contains("maximumBatchReplyBytes"))
        }
        let next = fleet.get("d")
        try wire.answer([requests[requests.count - 1]] + wire.requests())
        #expect(next.outcome == "value of d")
        #expect(wire.isOpen)
        #expect(wire.connection.load == .none)
    }
}
