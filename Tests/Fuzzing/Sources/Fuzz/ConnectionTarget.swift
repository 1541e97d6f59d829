import Memcached
import MemcachedFraming
import NIOCore

extension FuzzTarget {
    /// One connection's queues under any sequence of events: see ``ConnectionModel`` for what must hold.
    static let connection = FuzzTarget(name: "connection") { fixtures in
        let limits: [UInt8] = [8, 16, 0]
        let get: [UInt8] = [0, 9, 0, 200]
        let (write, reply): ([UInt8], [UInt8]) = ([3], [4, 0])
        // Submissions of each kind, a write, and the right replies to all of them; then frames as servers send them.
        let exchange: [UInt8] =
            limits + get + [1, 200] + [2, 9, 1, 2, 200] + write + reply + reply + [4, 0x41] + reply
        // A caller that writes itself, and has its reply before it is done; and one that can write a part of it only.
        let direct: [UInt8] =
            get + reply + [9, 255] + get + write + reply
            + get + write + reply + get + [9, 10] + write + reply
        let cutShort = Array(exchange.dropLast(2)) + [6, 0, 7, 9, 8, 10]
        let directCutShort = Array(direct.dropLast(3))
        return [exchange, cutShort, exchange + direct, exchange + directCutShort]
            + fixtures.serverFrames.map(recordedExchange)
    } run: { input in
        var input = input
        var model = ConnectionModel(
            requests: input.number(below: 12) + 1,
            bytes: 24 + 32 * input.number(below: 40),
            waits: input.byte() & 1 == 0
        )
        while !input.isEmpty { model.step(&input) }
        model.finish()
    }

    /// A request, and as its reply one that was recorded, under the opaque that is due.
    private static func recordedExchange(_ frame: [UInt8]) -> [UInt8] {
        guard frame.count >= 24 else { return frame }
        func numbered(_ frame: [UInt8], _ offset: UInt32) -> [UInt8] {
            let opaque = ConnectionModel.firstOpaque &+ offset
            var frame = frame
            for place in 0..<4 { frame[15 - place] = UInt8(truncatingIfNeeded: opaque >> (8 * place)) }
            return frame
        }
        func end(_ opcode: Opcode, _ offset: UInt32) -> [UInt8] {
            numbered([0x81, opcode.rawValue] + [UInt8](repeating: 0, count: 22), offset)
        }
        let reply = numbered(frame, 0)
        // A submission as `step` reads it, and what follows its reply.
        let (submission, rest): ([UInt8], [UInt8]) =
            switch Opcode(rawValue: frame[1]) {
            case .set: ([0, 9, 4, 200], [])
            case .noop: ([0, 9, 3, 200], [])
            case .stat: ([1, 200], frame.count > 24 ? end(.stat, 0) : [])
            case .getQuietly: ([2, 9, 1, 2, 200], end(.noop, 3))
            case .deleteQuietly: ([2, 9, 2, 2, 200], end(.noop, 3))
            // To others a GET, whose reply they are not.
            default: ([0, 9, 0, 200], [])
            }
        return [4, 4, 0] + submission + [3, 5] + reply + rest
    }
}

extension ConnectionModel {
    /// One event, as the next byte says.
    mutating func step(_ input: inout FuzzInput) {
        switch input.number(below: 12) {
        case 0: submit(.single(input.request()), lifetime: input.lifetime())
        case 1: submit(.statistics(.stat()), lifetime: input.lifetime())
        case 2:
            let request = input.request()
            let requests = [Request](repeating: request, count: input.number(below: 9) + 1)
            submit(.batch(EncodedRequests(requests)), lifetime: input.lifetime())
        case 3: write()
        case 4:
            wake()
            receive(input.reply(to: next))
        case 5:
            var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1024)
            decoder.append(input.bytes(upTo: 128))
            wake()
            while let frame = try? decoder.next(), let reply = try? Reply(frame) { receive(reply) }
        case 6: abandon(number: input.number(below: 32))
        case 7: pass(.nanoseconds(Int64(input.byte())))
        case 8: expire()
        case 9: finishWriting(input.number(below: 256))
        case 10: drain()
        default: if input.byte() > 0xF0 { close() }
        }
    }
}

extension FuzzInput {
    fileprivate mutating func lifetime() -> TimeAmount { .nanoseconds(Int64(byte())) }

    fileprivate mutating func request() -> Request {
        do {
            let key = try ItemKey(bytes: ByteBuffer(repeating: UInt8(ascii: "k"), count: number(below: 20) + 1))
            switch number(below: 5) {
            case 0: return .get(key)
            case 1: return .get(key, answer: .quiet)
            case 2: return .delete(key, answer: .quiet)
            case 3: return .noop
            default: return try .store(.set, key, value: ByteBuffer(repeating: 7, count: 99), flags: 0, expiration: 0)
            }
        } catch {
            fatalError("\(error)")
        }
    }

    /// The reply that is due, or one that lies about one thing or another.
    fileprivate mutating func reply(to due: ConnectionModel.Due?) -> Reply {
        let lie = byte()
        var reply = Reply(opcode: due?.opcode ?? .get, opaque: due?.opaque ?? 1, flags: lie & 1 == 0 ? nil : 9)
        if lie & 0x02 != 0 { reply.opaque &+= UInt32(byte()) &- 8 }
        if lie & 0x04 != 0 { reply.opcode = Opcode(rawValue: byte()) }
        if lie & 0x08 != 0 { reply.status = Status(rawValue: UInt16(byte())) }
        // What a batch's request or a STAT has before its end.
        if lie & 0x40 != 0 { reply.opcode = due?.memberOpcode ?? .get }
        let tag = ByteBuffer(integer: reply.opaque)
        if lie & 0x10 != 0 { return Reply(opcode: reply.opcode, opaque: reply.opaque, key: tag, value: tag) }
        reply.keyAndValue = tag
        if reply.opcode == .stat { reply.keyAndValue = ByteBuffer() }
        return reply
    }
}
