import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

@Suite(.fewAtATime) struct FaultScriptTests {
    private func candidate(_ opcode: Opcode, _ key: String = "a") -> FaultScript.Candidate {
        FaultScript.Candidate(commands: ServerCommands(opcode), key: ByteBuffer(string: key))
    }

    private func strikes(_ script: inout FaultScript, of commands: Int) -> [Bool] {
        (0..<commands).map { _ in script.strike(before: candidate(.get)) != nil }
    }

    @Test func `a fault strikes its commands and their quiet twins, and no others`() {
        var script = FaultScript()
        let id = script.add(.busy, on: [.gets, .deletes])
        let all = (0...0x24).map { Opcode(rawValue: $0) }
        let struck = all.filter { script.strike(before: candidate($0)) != nil }
        #expect(struck == [.get, .delete, .getQuietly, .getWithKey, .getWithKeyQuietly, .deleteQuietly])
        #expect(script.count(of: id) == 6)
    }

    @Test func `a fault for any command spares the handshake, unless that is named, and always QUIT`() {
        var script = FaultScript()
        _ = script.add(.busy)
        let handshake: [Opcode] = [.noop, .stat, .version, .saslListMechanisms, .saslAuthenticate, .saslStep]
        #expect(handshake.allSatisfy { script.strike(before: candidate($0)) == nil })
        _ = script.add(.busy, on: [.any, .handshake])
        #expect(handshake.allSatisfy { script.strike(before: candidate($0)) != nil })
        for opcode in [Opcode.quit, .quitQuietly, .verbosity, Opcode(rawValue: 0x70)] {
            #expect(script.strike(before: candidate(opcode)) == nil)
        }
    }

    @Test func `a fault for a key strikes that key only`() {
        var script = FaultScript()
        _ = script.add(.busy, forKey: "a")
        #expect(script.strike(before: candidate(.get, "a")) != nil)
        #expect(script.strike(before: candidate(.get, "ab")) == nil)
        #expect(script.strike(before: candidate(.get, "")) == nil)
    }

    @Test func `the n-th, the next n, and all`() {
        var script = FaultScript()
        let third = script.add(.busy, .next(skipping: 2, times: 1))
        #expect(strikes(&script, of: 5) == [false, false, true, false, false])
        #expect(script.count(of: third) == 1)
        let nextTwo = script.add(.busy, .next(skipping: 0, times: 2))
        #expect(strikes(&script, of: 4) == [true, true, false, false])
        #expect(script.count(of: nextTwo) == 2)
        let fromTheSecond = script.add(.busy, .next(skipping: 1, times: nil))
        #expect(strikes(&script, of: 4) == [false, true, true, true])
        script.remove(fromTheSecond)
        #expect(strikes(&script, of: 2) == [false, false])
        #expect(script.count(of: fromTheSecond) == 3)
    }

    @Test func `chance with a seed strikes the same commands each time, and others with another seed`() {
        func course(seed: UInt64, probability: Double = 0.25) -> [Bool] {
            var script = FaultScript()
            _ = script.add(.busy, .chance(probability, SplitMixGenerator(seed: seed)))
            return strikes(&script, of: 1_000)
        }
        let course7 = course(seed: 7)
        #expect(course(seed: 7) == course7)
        #expect(course(seed: 8) != course7)
        #expect((200...300).contains(course7.count(where: \.self)))
        #expect(!course(seed: 7, probability: 0).contains(true))
        #expect(!course(seed: 7, probability: 1).contains(false))
        // What it is on every platform.
        let first = course7.indices.filter { course7[$0] }.prefix(5)
        #expect(Array(first) == [9, 10, 12, 26, 31])
    }

    @Test func `of several faults the first one happens, and the next command is the other's`() {
        var script = FaultScript()
        let first = script.add(.busy, .next(skipping: 0, times: 1))
        let second = script.add(.outOfMemory, .next(skipping: 0, times: 1))
        #expect(script.strike(before: candidate(.get))?.id == first)
        #expect(script.strike(before: candidate(.get))?.id == second)
        #expect(script.strike(before: candidate(.get)) == nil)
    }

    @Test func `a fault before the execution and one after it strike the same command`() {
        var script = FaultScript()
        let late = script.add(.delay(.seconds(1)))
        let early = script.add(.delay(.seconds(1), .beforeExecution))
        #expect(script.strike(before: candidate(.get))?.id == early)
        #expect(script.strike(after: candidate(.get), reply: ByteBuffer())?.id == late)
    }

    @Test func `what isn't there can't be changed, and isn't counted`() {
        var script = FaultScript()
        let faults: [ServerFault] = [
            .garble(.magic), .garble(.value), .wrongOpaque(), .duplicate, .closeConnection(.midReply),
        ]
        for fault in faults {
            let id = script.add(fault, .next(skipping: 0, times: 1))
            #expect(script.strike(after: candidate(.getQuietly), reply: ByteBuffer()) == nil)
            #expect(script.count(of: id) == 0)
            script.remove(id)
        }
        let garbled = script.add(.garble(.value))
        var miss = ByteBuffer()
        miss.writeReply(Reply(opcode: .get, status: .keyNotFound, opaque: 0, value: ByteBuffer(string: "Not found")))
        #expect(script.strike(after: candidate(.get), reply: miss) == nil)
        var hit = ByteBuffer()
        hit.writeReply(Reply(opcode: .get, opaque: 0, flags: 0, value: ByteBuffer(string: "1")))
        #expect(script.strike(after: candidate(.get), reply: hit)?.id == garbled)
    }
}
