import MemcachedFraming
import NIOCore

/// A frame with any bytes in any field, right or wrong.
func frame(
    _ magic: FrameHeader.Magic,
    _ opcode: Opcode,
    extras: [UInt8] = [],
    key: String = "",
    value: String = "",
    status: UInt16 = 0,
    bodyLength: UInt32? = nil,
    opaque: UInt32 = 0,
    cas: UInt64 = 0
) -> ByteBuffer {
    var buffer = ByteBuffer()
    buffer.writeFrameHeader(
        FrameHeader(
            magic: magic,
            opcode: opcode,
            keyLength: UInt16(key.utf8.count),
            extrasLength: UInt8(extras.count),
            statusOrVBucket: status,
            bodyLength: bodyLength ?? UInt32(extras.count + key.utf8.count + value.utf8.count),
            opaque: opaque,
            cas: cas
        )
    )
    buffer.writeBytes(extras)
    buffer.writeString(key)
    buffer.writeString(value)
    return buffer
}

/// What a decoder made of a stream: its frames, and the error that ended it.
struct Decoded: Equatable {
    var frames: [Frame] = []
    var error: FramingError?

    init(_ pieces: [ByteBuffer], expecting magic: FrameHeader.Magic, limit: Int = 1 << 20) {
        var decoder = FrameDecoder(expecting: magic, maximumBodyLength: limit)
        do throws(FramingError) {
            for piece in pieces {
                decoder.append(piece)
                while let frame = try decoder.next() { frames.append(frame) }
            }
            try decoder.finish()
        } catch {
            self.error = error
        }
    }

    /// The stream in one piece.
    init(_ stream: ByteBuffer, expecting magic: FrameHeader.Magic, limit: Int = 1 << 20) {
        self.init([stream], expecting: magic, limit: limit)
    }
}

extension ByteBuffer {
    /// The readable bytes in pieces of these lengths, the last one as long as it comes.
    func pieces(_ lengths: some Sequence<Int>) -> [ByteBuffer] {
        var rest = self
        var pieces: [ByteBuffer] = []
        for length in lengths {
            guard let piece = rest.readSlice(length: Swift.min(length, rest.readableBytes)) else { break }
            // Copied, so that no piece shares storage with its neighbours.
            pieces.append(ByteBuffer(bytes: piece.readableBytesView))
        }
        pieces.append(ByteBuffer(bytes: rest.readableBytesView))
        return pieces
    }

    mutating func write(_ others: some Sequence<ByteBuffer>) {
        for other in others { writeImmutableBuffer(other) }
    }
}

/// SplitMix64: the same numbers on each run.
struct SeededGenerator: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = seed
    }

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var word = state
        word = (word ^ (word >> 30)) &* 0xBF58_476D_1CE4_E5B9
        word = (word ^ (word >> 27)) &* 0x94D0_49BB_1331_11EB
        return word ^ (word >> 31)
    }
}
