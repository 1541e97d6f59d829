import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("Replies", .fewAtATime)
struct ReplyTests {
    @Test("A reply to every command and its quiet twin comes back as it was sent", arguments: Command.all)
    func roundTrip(command: Command) throws {
        for reply in command.replies() {
            #expect(try written(reply) == reply)
        }
    }

    @Test("An error of every status and every command comes back as it was sent", arguments: Command.all)
    func errors(command: Command) throws {
        let statuses = Array(0x01...0x07) + [0x20, 0x21] + Array(0x81...0x86) + [0x1234]
        for status in statuses.map({ Status(rawValue: UInt16($0)) }) {
            for opcode in command.opcodes {
                let reply = Reply(opcode: opcode, status: status, opaque: 7, value: ByteBuffer(string: "Not found"))
                #expect(try written(reply) == reply)
            }
        }
    }

    @Test("A reply is written as the protocol lays it out, byte for byte")
    func layout() {
        var bytes = ByteBuffer()
        bytes.writeReply(
            Reply(
                opcode: .getWithKey,
                opaque: 0x0A0B_0C0D,
                cas: 0x0102_0304_0506_0708,
                flags: 0xDEAD_BEEF,
                key: ByteBuffer(string: "Hello"),
                value: ByteBuffer(string: "World")
            )
        )
        let header: [UInt8] = [0x81, 0x0C, 0, 5, 4, 0, 0, 0, 0, 0, 0, 14, 0xA, 0xB, 0xC, 0xD, 1, 2, 3, 4, 5, 6, 7, 8]
        #expect(Array(bytes.readableBytesView) == header + [0xDE, 0xAD, 0xBE, 0xEF] + Array("HelloWorld".utf8))
    }

    @Test("Key and value are told apart by the header's lengths")
    func keyAndValue() throws {
        let reply = try Reply(
            cut(frame(.reply, .getWithKey, extras: [0, 0, 0, 5], key: "key", value: "value", opaque: 3, cas: 9))
        )
        #expect(reply.flags == 5)
        #expect(reply.key == ByteBuffer(string: "key"))
        #expect(reply.value == ByteBuffer(string: "value"))
        #expect(reply.opaque == 3)
        #expect(reply.cas == 9)
        let miss = try Reply(cut(frame(.reply, .getWithKey, key: "key", status: 1)))
        #expect(miss.status == .keyNotFound)
        #expect(miss.flags == nil)
        #expect(miss.key == ByteBuffer(string: "key"))
        #expect(miss.value.readableBytes == 0)
    }

    @Test("A successful reply with extras of another length is refused", arguments: Command.all)
    func wrongExtras(command: Command) throws {
        for opcode in command.opcodes {
            for length in 0...24 where !command.replyExtras.contains(length) {
                let extras = [UInt8](repeating: 0, count: length)
                let lying = try cut(frame(.reply, opcode, extras: extras, value: "12345678"))
                #expect(throws: FramingError.wrongExtras(opcode, length: length)) { try Reply(lying) }
            }
        }
    }

    @Test("An error with extras is refused")
    func errorWithExtras() throws {
        let lying = try cut(frame(.reply, .get, extras: [0, 0, 0, 0], status: 1))
        #expect(throws: FramingError.wrongExtras(.get, length: 4)) { try Reply(lying) }
    }

    @Test("A counter that isn't 8 bytes of value is refused", arguments: ["", "1234567", "123456789"])
    func counter(value: String) throws {
        for opcode in [Opcode.increment, .incrementQuietly, .decrement, .decrementQuietly] {
            let lying = try cut(frame(.reply, opcode, value: value))
            let body = value.utf8.count
            #expect(throws: FramingError.lengthsDisagree(opcode, extras: 0, key: 0, body: body)) { try Reply(lying) }
        }
        let keyed = try cut(frame(.reply, .increment, key: "1234", value: "5678"))
        #expect(throws: FramingError.lengthsDisagree(.increment, extras: 0, key: 4, body: 8)) { try Reply(keyed) }
    }

    @Test("An unknown opcode is refused by its status; its success is no reply of the protocol")
    func unknownOpcode() throws {
        let opcode = Opcode(rawValue: 0x7F)
        let refusal = try Reply(cut(frame(.reply, opcode, value: "Unknown command", status: 0x81)))
        #expect(refusal.status == .unknownCommand)
        #expect(refusal.opcode == opcode)
        let success = try cut(frame(.reply, opcode))
        #expect(throws: FramingError.unknownOpcode(opcode)) { try Reply(success) }
    }

    private func cut(_ bytes: ByteBuffer) throws -> Frame {
        try #require(Decoded(bytes, expecting: .reply).frames.first)
    }

    private func written(_ reply: Reply) throws -> Reply {
        var bytes = ByteBuffer()
        bytes.writeReply(reply)
        let decoded = Decoded(bytes, expecting: .reply)
        #expect(decoded.error == nil)
        #expect(decoded.frames.count == 1)
        return try Reply(#require(decoded.frames.first))
    }
}
