import NIOCore

/// The fuzzer's bytes, read from the front. Past their end all is 0.
struct FuzzInput {
    private var bytes: ByteBuffer

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    var isEmpty: Bool { bytes.readableBytes == 0 }

    mutating func byte() -> UInt8 { bytes.readInteger() ?? 0 }

    mutating func word() -> UInt16 { bytes.readInteger() ?? 0 }

    mutating func longWord() -> UInt32 { bytes.readInteger() ?? 0 }

    mutating func number(below limit: Int) -> Int { Int(byte()) % limit }

    mutating func bytes(upTo count: Int) -> ByteBuffer {
        bytes.readSlice(length: min(count, bytes.readableBytes)) ?? ByteBuffer()
    }

    mutating func rest() -> ByteBuffer { bytes(upTo: .max) }
}

extension ByteBuffer {
    /// The bytes in pieces of 1 to 40 each, as a number decides; each in memory of its own.
    func cut(by seed: UInt16) -> [ByteBuffer] {
        var rest = readableBytesView[...]
        var state = UInt64(seed) | 1 << 32
        var pieces: [ByteBuffer] = []
        while !rest.isEmpty {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            let piece = rest.prefix(Int(state >> 33 % 40) + 1)
            pieces.append(ByteBuffer(bytes: piece))
            rest = rest.dropFirst(piece.count)
        }
        return pieces
    }
}
