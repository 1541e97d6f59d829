import MemcachedFraming
import NIOCore

extension FuzzTarget {
    static let replies = frames("replies", .reply, \.serverFrames) { frame in
        guard let reply = try? Reply(frame) else { return nil }
        var bytes = ByteBuffer()
        bytes.writeReply(reply)
        return bytes
    }

    static let requests = frames("requests", .request, \.clientFrames) { frame in
        guard let request = try? Request(frame) else { return nil }
        var bytes = ByteBuffer()
        bytes.writeRequest(request, opaque: frame.header.opaque)
        return bytes
    }

    /// A stream of frames is the same wherever it is cut, and what was read writes the same bytes again.
    private static func frames(
        _ name: String,
        _ magic: FrameHeader.Magic,
        _ fixtures: @escaping @Sendable (Fixtures) -> [[UInt8]],
        rewrite: @escaping @Sendable (Frame) -> ByteBuffer?
    ) -> FuzzTarget {
        FuzzTarget(name: name) {
            fixtures($0).map { [0, 1] + $0 }
        } run: { input in
            var input = input
            let seed = input.word()
            let stream = input.rest()
            let whole = DecodedStream([stream], expecting: magic)
            demand(whole == DecodedStream(stream.cut(by: seed), expecting: magic), "a cut changes nothing")
            var rewritten = ByteBuffer()
            for frame in whole.frames {
                rewritten.writeFrame(frame)
                var plain = frame
                // Ignored in both directions, and always written as 0.
                plain.header.dataType = 0
                if magic == .request { plain.header.statusOrVBucket = 0 }
                var expected = ByteBuffer()
                expected.writeFrame(plain)
                if let bytes = rewrite(frame) {
                    demand(bytes == expected, "\(frame.header) is written as it was read")
                }
            }
            demand(stream.readableBytesView.starts(with: rewritten.readableBytesView), "frames are what arrived")
        }
    }
}

extension ByteBuffer {
    fileprivate mutating func writeFrame(_ frame: Frame) {
        writeFrameHeader(frame.header)
        writeImmutableBuffer(frame.body)
        demand(
            frame.extras.readableBytes + frame.key.readableBytes + frame.value.readableBytes
                == frame.body.readableBytes,
            "a frame's parts are its body"
        )
    }
}

private struct DecodedStream: Equatable {
    private(set) var frames: [Frame] = []
    private(set) var failure: FramingError?

    init(_ pieces: [ByteBuffer], expecting magic: FrameHeader.Magic) {
        var decoder = FrameDecoder(expecting: magic, maximumBodyLength: 2048)
        var arrived = 0
        do throws(FramingError) {
            for piece in pieces {
                decoder.append(piece)
                arrived += piece.readableBytes
                while let frame = try decoder.next() { frames.append(frame) }
                demand(decoder.storageCapacity <= 4 * arrived + 256, "memory grows with what arrives")
            }
            try decoder.finish()
        } catch {
            failure = error
            _ = "\(error)"
            do throws(FramingError) {
                demand(try decoder.next() == nil && false, "a broken stream stays broken")
            } catch {
                demand(error == failure, "a broken stream keeps its error")
            }
        }
    }
}
