import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@Suite("Requests", .fewAtATime)
struct RequestTests {
    @Test("A request of every command and its quiet twin comes back as it was sent", arguments: Command.all)
    func roundTrip(command: Command) throws {
        for request in try command.requests() {
            var bytes = ByteBuffer()
            bytes.writeRequest(request, opaque: 0xFACE_CAFE)
            #expect(bytes.readableBytes == request.frameLength)
            let decoded = Decoded(bytes, expecting: .request)
            #expect(decoded.error == nil)
            let frame = try #require(decoded.frames.first)
            #expect(decoded.frames.count == 1)
            #expect(frame.header.opaque == 0xFACE_CAFE)
            #expect(try Request(frame) == request)
        }
    }

    @Test("A request is written as the protocol lays it out, byte for byte")
    func layout() throws {
        var bytes = ByteBuffer()
        bytes.writeRequest(
            try .store(
                .replace,
                ItemKey(prefix: "He", name: "llo"),
                value: ByteBuffer(string: "World"),
                flags: 0xDEAD_BEEF,
                expiration: 0x0E10,
                cas: 0x0102_0304_0506_0708,
                answer: .quiet
            ),
            opaque: 0x0A0B_0C0D
        )
        let header: [UInt8] = [0x80, 0x13, 0, 5, 8, 0, 0, 0, 0, 0, 0, 18, 0xA, 0xB, 0xC, 0xD, 1, 2, 3, 4, 5, 6, 7, 8]
        let extras: [UInt8] = [0xDE, 0xAD, 0xBE, 0xEF, 0, 0, 0x0E, 0x10]
        #expect(Array(bytes.readableBytesView) == header + extras + Array("HelloWorld".utf8))

        bytes.clear()
        bytes.writeRequest(.count(.decrement, try ItemKey("n"), by: 1, initial: 2, expiration: 3), opaque: 0)
        let counter: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 2, 0, 0, 0, 3]
        #expect(Array(bytes.readableBytesView.dropFirst(24)) == counter + Array("n".utf8))
        #expect(Array(bytes.readableBytesView.prefix(12)) == [0x80, 0x06, 0, 1, 20, 0, 0, 0, 0, 0, 0, 21])
    }

    @Test("A request's head is its whole frame but the value")
    func head() throws {
        let value = ByteBuffer(string: "value")
        let request = try Request.add(ItemKey("k"), value: value, flags: 0, expiration: 0)
        var head = ByteBuffer()
        head.writeRequestHead(request, opaque: 9)
        head.writeImmutableBuffer(value)
        var whole = ByteBuffer()
        whole.writeRequest(request, opaque: 9)
        #expect(head == whole)
    }

    @Test("A quiet answer is asked for by the quiet twin, and every factory has its opcode")
    func factories() throws {
        let key = try ItemKey("k")
        let value = ByteBuffer(string: "v")
        for answer in [Request.Answer.always, .quiet] {
            let requests: [(Request, UInt8, UInt8)] = [
                (.get(key, answer: answer), 0x00, 0x09),
                (.get(key, withKey: true, answer: answer), 0x0C, 0x0D),
                (.getAndTouch(key, expiration: 1, answer: answer), 0x1D, 0x1E),
                (.getAndTouch(key, expiration: 1, withKey: true, answer: answer), 0x23, 0x24),
                (try .store(.set, key, value: value, flags: 1, expiration: 2, answer: answer), 0x01, 0x11),
                (try .store(.replace, key, value: value, flags: 1, expiration: 2, answer: answer), 0x03, 0x13),
                (try .add(key, value: value, flags: 1, expiration: 2, answer: answer), 0x02, 0x12),
                (try .concatenate(.append, key, value: value, answer: answer), 0x0E, 0x19),
                (try .concatenate(.prepend, key, value: value, answer: answer), 0x0F, 0x1A),
                (.delete(key, answer: answer), 0x04, 0x14),
                (.count(.increment, key, by: 1, initial: 2, expiration: 3, answer: answer), 0x05, 0x15),
                (.count(.decrement, key, by: 1, initial: 2, expiration: 3, answer: answer), 0x06, 0x16),
                (.flush(answer: answer), 0x08, 0x18),
                (.flush(delay: 1, answer: answer), 0x08, 0x18),
                (.quit(answer: answer), 0x07, 0x17),
            ]
            for (request, loud, quiet) in requests {
                #expect(request.opcode.rawValue == (answer == .quiet ? quiet : loud))
                try expectSound(request)
            }
        }
        let loudOnly: [(Request, UInt8)] = [
            (.touch(key, expiration: 1), 0x1C), (.noop, 0x0A), (.version, 0x0B), (.stat(), 0x10), (.stat(key), 0x10),
            (.verbosity(1), 0x1B), (.saslListMechanisms, 0x20), (.configGet(key), 0x60),
            (try .saslAuthenticate(mechanism: key, data: value), 0x21),
            (try .saslStep(mechanism: key, data: value), 0x22),
        ]
        for (request, opcode) in loudOnly {
            #expect(request.opcode.rawValue == opcode)
            try expectSound(request)
        }
    }

    /// Factories that skip the checks must build nothing that the checks would refuse.
    private func expectSound(_ request: Request) throws {
        let checked = try Request(
            opcode: request.opcode,
            key: request.key,
            extras: request.extras,
            value: request.value,
            cas: request.cas
        )
        #expect(checked == request)
    }
}
