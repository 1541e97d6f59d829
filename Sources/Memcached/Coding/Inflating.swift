import CZlib
import NIOCore

extension EncodedValue {
    /// The most bytes that a value may inflate to by default: 64 MiB.
    public static let defaultInflationLimit = 64 * 1_024 * 1_024

    /// The value with its bytes inflated; itself where it isn't compressed.
    ///
    /// The output grows with what really comes out: no length that the stored bytes claim is believed.
    ///
    /// - Parameter limit: The most bytes that may come out, up to 1 GiB, which is memcached's largest item; other
    ///   numbers are clamped to 0...1 GiB.
    /// - Throws: ``ValueCodecError/Code/corrupted``, ``ValueCodecError/Code/truncated``,
    ///   ``ValueCodecError/Code/trailingBytes``, ``ValueCodecError/Code/tooLarge`` past the limit, or
    ///   ``ValueCodecError/Code/unsupportedCompression``.
    public func inflated(limit: Int = EncodedValue.defaultInflationLimit) throws(ValueCodecError) -> EncodedValue {
        switch compression {
        case .none: return self
        case .zlib: return EncodedValue(bytes: try bytes.inflated(gzip: false, limit: limit), format: format)
        case .gzip: return EncodedValue(bytes: try bytes.inflated(gzip: true, limit: limit), format: format)
        case .fastlz: throw .fastlz
        }
    }

    /// The same; itself also where it is compressed in a way that only a codec of the user's own may know.
    func inflatedWhereReadable(limit: Int) throws(ValueCodecError) -> EncodedValue {
        switch compression {
        case .zlib, .gzip: try inflated(limit: limit)
        case .none, .fastlz: self
        }
    }
}

extension ByteBuffer {
    static let largestLimit = 1_024 * 1_024 * 1_024
    /// For up to so many bytes that have arrived, room for ``growth`` times as many is made at once; for more, room is made in steps, each
    /// of so many times what has come out already at the most.
    private static let firstGuess = 1_024 * 1_024
    /// How much smaller zlib's standard level makes most text.
    private static let growth = 4

    fileprivate func inflated(gzip: Bool, limit: Int) throws(ValueCodecError) -> ByteBuffer {
        let limit = Swift.min(Swift.max(limit, 0), Self.largestLimit)
        return try ZlibStreamPool.withStream(for: .inflating) { (stream) throws(ValueCodecError) in
            try stream.reset(gzip: gzip)
            var output = ByteBuffer()
            var status = Z_OK
            var read = 0
            withUnsafeReadableBytes { input in
                repeat {
                    // One byte more than allowed, to tell a value of just the limit from a larger one.
                    let room = limit + 1 - output.readableBytes
                    let reached = Swift.max(output.readableBytes, Self.firstGuess)
                    let step = Swift.min(room, Swift.max(1_024, Swift.min(reached, input.count) * Self.growth))
                    output.writeWithUnsafeMutableBytes(minimumWritableBytes: step) { free in
                        let pieces = stream.supply(input, from: read, .init(rebasing: free.prefix(room)), from: 0)
                        status = inflate(stream.state, Z_NO_FLUSH)
                        read += pieces.input - Int(stream.state.pointee.avail_in)
                        return pieces.output - Int(stream.state.pointee.avail_out)
                    }
                } while status == Z_OK && output.readableBytes <= limit
            }
            guard output.readableBytes <= limit else {
                throw ValueCodecError(
                    .tooLarge,
                    "the compressed value inflates to more than the limit of \(limit) bytes"
                )
            }
            try Self.check(status, of: stream, read: read, from: readableBytes)
            // Where the guess was too much for what came out.
            output.shrinkBufferCapacity(to: output.readableBytes)
            return output
        }
    }

    private static func check(
        _ status: Int32,
        of stream: ZlibStream,
        read: Int,
        from count: Int
    ) throws(ValueCodecError) {
        switch status {
        case Z_STREAM_END where read == count:
            return
        case Z_STREAM_END:
            throw ValueCodecError(.trailingBytes, "\(count - read) bytes follow the end of the compressed value")
        case Z_BUF_ERROR:
            throw ValueCodecError(.truncated, "the compressed value ends too early, after \(count) bytes")
        case Z_MEM_ERROR:
            throw ValueCodecError(.outOfMemory, "zlib can't allocate its window")
        default:
            let reason = stream.state.pointee.msg.map { String(cString: $0) } ?? "it wants a preset dictionary"
            throw ValueCodecError(.corrupted, "the compressed value is corrupted: \(reason)")
        }
    }
}
