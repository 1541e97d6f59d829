import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("Requests that are refused", .fewAtATime)
struct RequestRefusalTests {
    private static let needingKey = Command.all.filter { $0.key == .required }
    private static let withoutKey = Command.all.filter { $0.key == .forbidden }
    private static let withoutValue = Command.all.filter { $0.value == .forbidden }
    private static let withoutCAS = Command.all.filter { !$0.cas }

    /// The parts of a sound request, for a test to spoil one.
    private func parts(_ command: Command) throws -> Request {
        try #require(command.requests().last)
    }

    @Test("No key where the command needs one", arguments: needingKey)
    func keyMissing(command: Command) throws {
        let sound = try parts(command)
        #expect(throws: FramingError.keyMissing(sound.opcode)) {
            try Request(opcode: sound.opcode, extras: sound.extras, value: sound.value)
        }
    }

    @Test("A key where the command takes none", arguments: withoutKey)
    func keyNotTaken(command: Command) throws {
        let sound = try parts(command)
        #expect(throws: FramingError.keyNotTaken(sound.opcode)) {
            try Request(opcode: sound.opcode, key: ItemKey("k"), extras: sound.extras)
        }
    }

    @Test("A value where the command takes none: the server would lose its place", arguments: withoutValue)
    func valueNotTaken(command: Command) throws {
        let sound = try parts(command)
        #expect(throws: FramingError.valueNotTaken(sound.opcode)) {
            try Request(opcode: sound.opcode, key: sound.key, extras: sound.extras, value: ByteBuffer(string: "v"))
        }
        let extras = [UInt8](repeating: 0, count: sound.extras.length)
        let key = sound.key?.description ?? ""
        let bytes = frame(.request, sound.opcode, extras: extras, key: key, value: "v")
        let peer = try #require(try cut(bytes))
        #expect(throws: FramingError.valueNotTaken(sound.opcode)) { try Request(peer) }
    }

    @Test("A CAS where the command takes none: ADD with a matching one overwrites", arguments: withoutCAS)
    func casNotTaken(command: Command) throws {
        let sound = try parts(command)
        #expect(throws: FramingError.casNotTaken(sound.opcode)) {
            try Request(opcode: sound.opcode, key: sound.key, extras: sound.extras, value: sound.value, cas: 1)
        }
    }

    @Test("A CAS that a peer sends is kept, as a server heeds it")
    func casOfPeer() throws {
        let bytes = frame(.request, .add, extras: [UInt8](repeating: 0, count: 8), key: "k", value: "v", cas: 5)
        let peer = try #require(try cut(bytes))
        #expect(try Request(peer).cas == 5)
    }

    @Test("Extras of another command", arguments: Command.all)
    func wrongExtras(command: Command) throws {
        let all: [Request.Extras] = [
            .none, .storage(flags: 1, expiration: 1), .counter(delta: 1, initial: 1, expiration: 1), .expiration(1),
            .delay(1),
            .verbosity(1),
        ]
        let sound = try command.requests()
        for opcode in command.opcodes {
            let right = Set(sound.map { kind($0.extras) })
            for extras in all where !right.contains(kind(extras)) {
                #expect(throws: FramingError.wrongExtras(opcode, length: extras.length)) {
                    try Request(opcode: opcode, key: sound[0].key, extras: extras)
                }
            }
        }
    }

    @Test("Extras of another length, from a peer", arguments: Command.all)
    func wrongExtrasLength(command: Command) throws {
        for opcode in command.opcodes {
            for length in 0...24 where !command.extras.contains(length) {
                let bytes = frame(
                    .request,
                    opcode,
                    extras: [UInt8](repeating: 0, count: length),
                    key: command.key == .forbidden ? "" : "k"
                )
                let peer = try #require(try cut(bytes))
                #expect(throws: FramingError.wrongExtras(opcode, length: length)) { try Request(peer) }
            }
        }
    }

    @Test("A key of 251 bytes, from a peer")
    func keyTooLong() throws {
        let bytes = frame(.request, .get, key: String(repeating: "k", count: 251))
        let peer = try #require(try cut(bytes))
        #expect(throws: FramingError.keyTooLong(bytes: 251)) { try Request(peer) }
    }

    @Test("An opcode that the protocol doesn't have", arguments: [0x1F, 0x25, 0x3D, 0x61, 0xFF] as [UInt8])
    func unknownOpcode(rawValue: UInt8) throws {
        let opcode = Opcode(rawValue: rawValue)
        #expect(throws: FramingError.unknownOpcode(opcode)) { try Request(opcode: opcode) }
        let bytes = frame(.request, opcode)
        let peer = try #require(try cut(bytes))
        #expect(throws: FramingError.unknownOpcode(opcode)) { try Request(peer) }
    }

    private func cut(_ bytes: ByteBuffer) throws -> Frame? {
        var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 20)
        decoder.append(bytes)
        return try decoder.next()
    }

    private func kind(_ extras: Request.Extras) -> String {
        String("\(extras)".prefix { $0 != "(" })
    }
}
