import CZlib
import NIOCore

extension EncodedValue {
    /// The same value with its zlib stream in gzip's wrapper; unchanged where it isn't compressed with zlib.
    ///
    /// Both wrap the same deflated bytes, so that nothing has to be compressed again; but gzip wants the contents'
    /// checksum and size.
    func recompressedAsGzip() throws(ValueCodecError) -> EncodedValue {
        guard compression == .zlib else { return self }
        let contents = try inflated(limit: .max).bytes
        let checksum = contents.withUnsafeReadableBytes { bytes in
            crc32_z(0, bytes.bindMemory(to: UInt8.self).baseAddress, bytes.count)
        }
        // zlib's wrapper is 2 bytes before and 4 after, the inflation having shown that there is no preset dictionary.
        let deflated = bytes.readableBytesView.dropFirst(2).dropLast(4)
        var gzip = ByteBuffer()
        gzip.reserveCapacity(deflated.count + 18)
        // Magic, method deflate, no flags, no time, no hint, and 255 for an unknown file system.
        gzip.writeBytes([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 255])
        gzip.writeBytes(deflated)
        gzip.writeInteger(UInt32(truncatingIfNeeded: checksum), endianness: .little)
        gzip.writeInteger(UInt32(truncatingIfNeeded: contents.readableBytes), endianness: .little)
        return EncodedValue(bytes: gzip, format: format, compression: .gzip)
    }
}
