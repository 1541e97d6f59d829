import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct BrokenFrameTests {
    @Test func `a wrong magic closes without a word`() throws {
        var client = Conversation()
        var frame = command(.noop)
        frame.setInteger(UInt8(0x81), at: 0)
        #expect(try client.send(command(.noop), frame).count == 1)
        #expect(client.outcome == .close)
    }

    @Test func `a first byte that is no magic is taken for text`() throws {
        var session = Session()
        var engine = Conversation().engine
        var replies = ReplyQueue()
        session.receive(ByteBuffer(string: "get a"))
        #expect(session.serve(with: &engine, into: &replies, limit: .max) == .needsBytes)
        #expect(replies.isEmpty)
        session.receive(ByteBuffer(string: "\r\n"))
        #expect(session.serve(with: &engine, into: &replies, limit: .max) == .needsBytes)
        #expect(replies.drain() == [ByteBuffer(string: "ERROR\r\n")])
    }

    @Test func `lengths that disagree give an unknown command, then a close`() throws {
        var client = Conversation()
        let reply = try client.ask(command(.get, "abc", extras: [0], claimedBody: 6))
        #expect((reply.status, reply.text) == (.unknownCommand, "Unknown command"))
        #expect(client.outcome == .close)
    }

    @Test(arguments: [
        command(.get, "a", extras: [0]),
        command(.get, "a", value: bytes(1)),
        command(.delete, "a", value: bytes(1)),
        command(.noop, value: bytes(1)),
        command(.version, "a"),
        command(.quit, "a"),
        command(.set, "a", value: bytes(1)),
        command(.setQuietly, "a", extras: [0], value: bytes(1)),
        command(.append, "a", extras: [0, 0], value: bytes(1)),
        command(.increment, "a", extras: [0, 1]),
        command(.flush, extras: [0, 0]),
        command(.flush, value: bytes(3)),
        command(.touch, "a"),
        command(.getAndTouchQuietly, "a"),
        command(.stat, "settings", extras: [0]),
        command(.saslAuthenticate, value: bytes(1)),
        command(.get),
        command(.set, extras: [0, 0], value: bytes(1)),
        command(.get, String(repeating: "k", count: 251)),
        command(.set, String(repeating: "k", count: 2_000), extras: [0, 0]),
        command(Opcode(rawValue: 0x70), String(repeating: "k", count: 251)),
    ])
    func `a wrong shape gives invalid arguments, then a close`(frame: ByteBuffer) throws {
        var client = Conversation()
        let reply = try client.ask(frame)
        #expect((reply.status, reply.text) == (.invalidArguments, "Invalid arguments"))
        #expect(reply.opcode.rawValue == frame.getInteger(at: 1))
        #expect(client.outcome == .close)
        #expect(try client.send(command(.noop)).isEmpty)
    }

    @Test func `a key of 250 bytes of any value is taken`() throws {
        var client = Conversation()
        let key = "\0\r\n " + String(repeating: "k", count: 246)
        #expect(try client.ask(store(key, "1")).status == .success)
        #expect(try client.value(of: key) == "1")
    }

    @Test func `a head that the read buffer doesn't hold is a reset without a reply`() throws {
        var client = Conversation()
        #expect(try client.send(command(.get, String(repeating: "k", count: 20_000))).isEmpty)
        #expect(client.outcome == .reset)
    }

    @Test(arguments: [Opcode.touch, .getAndTouch])
    func `a value on TOUCH and GAT is taken for the next command`(opcode: Opcode) throws {
        var client = Conversation()
        _ = try client.send(store("a", "1"))
        let replies = try client.send(command(opcode, "a", extras: [0], value: command(.noop, opaque: 9)))
        #expect(replies.map(\.opcode) == [opcode, .noop])
        #expect(replies.last?.opaque == 9)
    }

    @Test func `an unknown command swallows its body's length once more before it answers`() throws {
        var client = Conversation()
        let unknown = Opcode(rawValue: 0x70)
        // Of the body's 10 bytes 6 were read as extras and key; the value and 6 bytes of the next frame are lost.
        #expect(try client.send(command(unknown, "ab", extras: [0], value: bytes(4))).isEmpty)
        let replies = try client.send(bytes(6), command(.noop, opaque: 4))
        #expect(replies.map(\.status) == [.unknownCommand, .success])
        #expect(replies.last?.opaque == 4)
    }

    @Test func `an unknown command without a body answers at once`() throws {
        var client = Conversation()
        #expect(try client.ask(command(Opcode(rawValue: 0xFF))).status == .unknownCommand)
    }

    @Test func `CONFIG GET and a NOOP behind it go under together`() throws {
        var client = Conversation()
        #expect(try client.send(command(.configGet, "cluster")).isEmpty)
        #expect(try client.ask(command(.noop)).status == .unknownCommand)
    }

    @Test func `VERBOSITY is unknown`() throws {
        var client = Conversation()
        let replies = try client.send(command(.verbosity, extras: [1]), bytes(4))
        #expect(replies.map(\.status) == [.unknownCommand])
    }

    @Test func `the SASL commands are unknown, and leave the stream in step`() throws {
        var client = Conversation()
        let replies = try client.send(
            command(.saslListMechanisms),
            command(.saslAuthenticate, "PLAIN", value: bytes(9)),
            command(.saslStep, "PLAIN"),
            command(.noop)
        )
        #expect(replies.map(\.status.rawValue) == [0x81, 0x81, 0x81, 0])
    }

    @Test func `QUIT answers, then closes; QUITQ just closes`() throws {
        var loud = Conversation()
        #expect(try loud.ask(command(.quit)).status == .success)
        #expect(loud.outcome == .close)
        var quiet = Conversation()
        #expect(try quiet.send(command(.quitQuietly)).isEmpty)
        #expect(quiet.outcome == .close)
    }
}
