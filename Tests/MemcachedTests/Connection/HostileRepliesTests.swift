import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// Replies that are due, one by one, and yet too much.
@Suite("Replies without end", .fewAtATime)
struct HostileRepliesTests {
    private func machine(_ requests: [PendingRequest<Int>]) -> MachineProbe {
        let machine = MachineProbe(stallTimeout: .seconds(5), now: .at(0))
        _ = machine.sent(requests, now: .at(0))
        return machine
    }

    @Test func `one STAT has at most 100,000 statistics, whether somebody waits for it or not`() {
        for isTombstone in [false, true] {
            let machine = machine([.statistics(1, opaque: 1)])
            if isTombstone { _ = machine.abandon(id: 1) }
            var replies = 0
            while replies < 200_000, machine.take(.stat, 1, key: "k") == .wait { replies += 1 }
            #expect(replies == 100_000)
            #expect(machine.take(.stat, 1, key: "k") == .close)
        }
    }

    @Test func `one STAT has at most 16 MiB of statistics, whether somebody waits for it or not`() {
        let text = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
        for isTombstone in [false, true] {
            let machine = machine([.statistics(1, opaque: 1)])
            if isTombstone { _ = machine.abandon(id: 1) }
            var replies = 0
            while replies < 100 {
                let reply = Reply(opcode: .stat, opaque: 1, key: ByteBuffer(string: "k"), value: text)
                if case .close = machine.received(reply) { break }
                replies += 1
            }
            #expect(replies == 15)
        }
    }

    @Test func `of what a batch's mutations are answered with, a kilobyte each is kept`() throws {
        let machine = machine([.batch(1, .setQuietly, count: 3, opaque: 1)])
        let text = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1 << 20)
        let refusal = Reply(opcode: .setQuietly, status: .outOfMemory, opaque: 1, value: text)
        let success = Reply(opcode: .setQuietly, opaque: 2, key: text, value: text)
        for reply in [refusal, success] {
            guard case .wait = machine.received(reply) else {
                Issue.record("not kept")
                return
            }
        }
        guard case .complete(1, .replies(let replies), _, _) = machine.received(reply(.noop, 3)) else {
            Issue.record("the batch isn't complete")
            return
        }
        #expect(replies.map(\.status) == [.outOfMemory, .success])
        #expect(replies.map(\.keyAndValue.readableBytes) == [1024, 1024])
        #expect(replies.allSatisfy { $0.keyAndValue.storageCapacity < 4096 && $0.key.readableBytes == 0 })
    }

    @Test func `a batch's values are kept whole`() throws {
        let machine = machine([.batch(1, .getQuietly, count: 2, opaque: 1)])
        let value = ByteBuffer(repeating: 7, count: 1 << 20)
        _ = machine.received(Reply(opcode: .getQuietly, opaque: 1, flags: 0, value: value))
        guard case .complete(1, .replies(let replies), _, _) = machine.received(reply(.noop, 2)) else {
            Issue.record("the batch isn't complete")
            return
        }
        #expect(replies.map(\.value) == [value])
    }

    @Test(arguments: [false, true])
    func `a batch's small value doesn't keep the memory of a large one that was read with it`(isLast: Bool) throws {
        let machine = machine([.batch(1, .getQuietly, count: 3, opaque: 0)])
        let sizes = isLast ? [300_000, 100] : [100, 300_000]
        var bytes = ByteBuffer()
        for (number, size) in sizes.enumerated() {
            let value = ByteBuffer(repeating: 7, count: size)
            let opaque = OpaqueSpread.opaque(of: UInt32(number))
            bytes.writeReply(Reply(opcode: .getQuietly, opaque: opaque, flags: 0, value: value))
        }
        bytes.writeReply(Reply(opcode: .noop, opaque: OpaqueSpread.opaque(of: 2)))
        guard case .replies(let replies) = machine.receive(bytes) else {
            Issue.record("the batch isn't complete")
            return
        }
        #expect(replies.map(\.value.readableBytes) == sizes)
        for reply in replies where reply.value.readableBytes == 100 { #expect(reply.value.storageCapacity < 1024) }
    }
}
