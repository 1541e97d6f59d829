import MemcachedFraming
import TestSupport
import Testing

@Suite("Opcodes", .fewAtATime)
struct OpcodeTests {
    @Test("Every opcode has the shape of the protocol's table, or none", arguments: 0...UInt8.max)
    func shape(rawValue: UInt8) throws {
        let shape = Opcode(rawValue: rawValue).shape
        guard let command = Command.of(rawValue) else {
            #expect(shape == nil)
            return
        }
        let found = try #require(shape)
        #expect((0...255).filter(found.takesExtras(ofLength:)) == command.extras)
        #expect((0...255).filter(found.repliesWithExtras(ofLength:)) == command.replyExtras)
        #expect(found.requestKey == command.key)
        #expect(found.requestValue == command.value)
        #expect(found.takesCAS == command.cas)
    }

    @Test("Every opcode has the protocol's twins", arguments: 0...UInt8.max)
    func twins(rawValue: UInt8) {
        let opcode = Opcode(rawValue: rawValue)
        let command = Command.of(rawValue)
        let isQuiet = command?.quiet == rawValue
        #expect(opcode.isQuiet == isQuiet)
        #expect(opcode.quietTwin?.rawValue == (isQuiet ? nil : command?.quiet))
        #expect(opcode.loudTwin.rawValue == command?.opcode ?? rawValue)
    }

    @Test("Every command is listed once, and named as the protocol names it")
    func names() {
        #expect(Set(Opcode.all.map(\.rawValue)).count == Opcode.all.count)
        for opcode in Opcode.all {
            let command = Command.of(opcode.rawValue)
            #expect(opcode.description == command.map { $0.name + ($0.quiet == opcode.rawValue ? "Q" : "") })
        }
        #expect(Opcode.all.count == Command.all.reduce(0) { $0 + $1.opcodes.count })
        #expect(Opcode(rawValue: 0x1F).description == "opcode 0x1f")
    }

    @Test("A status is its number, whatever that is")
    func status() {
        #expect(Status(rawValue: 0x85).description == "busy")
        #expect(Status(rawValue: 0x1234).description == "status 0x1234")
    }
}
