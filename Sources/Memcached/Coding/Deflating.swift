import CZlib
import NIOCore

extension ByteBuffer {
    /// The bytes in zlib format, nil where that would not be smaller.
    func deflated(level: ZlibLevel) throws(ValueCodecError) -> ByteBuffer? {
        // Room for less than there is now: when zlib doesn't get by with it, the result isn't wanted.
        let room = readableBytes - 1
        guard room > 0 else { return nil }
        return try ZlibStreamPool.withStream(for: .deflating(level)) { (stream) throws(ValueCodecError) in
            try stream.reset()
            var output = ByteBuffer()
            let isComplete = withUnsafeReadableBytes { input in
                var status = Z_OK
                output.writeWithUnsafeMutableBytes(minimumWritableBytes: room) { output in
                    let output = UnsafeMutableRawBufferPointer(rebasing: output.prefix(room))
                    var written = 0
                    var read = 0
                    repeat {
                        let pieces = stream.supply(input, from: read, output, from: written)
                        let isLast = pieces.input == input.count - read
                        status = deflate(stream.state, isLast ? Z_FINISH : Z_NO_FLUSH)
                        read += pieces.input - Int(stream.state.pointee.avail_in)
                        written += pieces.output - Int(stream.state.pointee.avail_out)
                    } while status == Z_OK && written < output.count
                    return written
                }
                return status == Z_STREAM_END
            }
            return isComplete ? output : nil
        }
    }
}

extension ZlibStream {
    /// Points zlib at what is left to read and to fill. It counts in 32 bits, so that huge values go in pieces.
    func supply(
        _ input: UnsafeRawBufferPointer,
        from read: Int,
        _ output: UnsafeMutableRawBufferPointer,
        from written: Int
    ) -> (input: Int, output: Int) {
        let available = (input: UInt32(clamping: input.count - read), output: UInt32(clamping: output.count - written))
        // zlib's declaration lacks a const, but it only reads here.
        let source = input.baseAddress.map { UnsafeMutableRawPointer(mutating: $0 + read) }
        state.pointee.next_in = source?.assumingMemoryBound(to: UInt8.self)
        state.pointee.avail_in = available.input
        state.pointee.next_out = output.baseAddress.map { ($0 + written).assumingMemoryBound(to: UInt8.self) }
        state.pointee.avail_out = available.output
        return (Int(available.input), Int(available.output))
    }
}
