import MemcachedFraming
import NIOCore

/// What memcached has read of a command when it takes it up: the header, the extras and the key. A value is read later, where
/// the command has one, and only by its claimed length.
struct CommandHead: Sendable {
    /// The server's read buffer: a head that doesn't fit is never whole, and it closes the connection.
    static let longest = 16_384

    let header: FrameHeader
    let extras: ByteBuffer
    let key: ByteBuffer

    var opcode: Opcode { header.opcode }

    var valueLength: Int {
        Int(clamping: header.bodyLength) - extras.readableBytes - key.readableBytes
    }

    enum Reading: Sendable {
        case incomplete
        /// Not a request's magic. The server looks at it only when a whole header is there.
        case notRequest
        case tooLong
        case head(CommandHead)
    }

    /// Takes the next head off the bytes. It may lie about the body's length.
    static func read(from bytes: inout ByteBuffer) -> Reading {
        guard
            let fields = bytes.peekMultipleIntegers(
                as: (UInt8, UInt8, UInt16, UInt8, UInt8, UInt16, UInt32, UInt32, UInt64).self
            )
        else { return .incomplete }
        guard fields.0 == FrameHeader.Magic.request.rawValue else { return .notRequest }
        let header = FrameHeader(
            magic: .request,
            opcode: Opcode(rawValue: fields.1),
            keyLength: fields.2,
            extrasLength: fields.3,
            dataType: fields.4,
            statusOrVBucket: fields.5,
            bodyLength: fields.6,
            opaque: fields.7,
            cas: fields.8
        )
        let (extrasLength, keyLength) = (Int(header.extrasLength), Int(header.keyLength))
        let length = FrameHeader.length + extrasLength + keyLength
        guard length <= longest else { return .tooLong }
        guard
            bytes.readableBytes >= length,
            let extras = bytes.getSlice(at: bytes.readerIndex + FrameHeader.length, length: extrasLength),
            let key = bytes.getSlice(at: bytes.readerIndex + FrameHeader.length + extrasLength, length: keyLength)
        else { return .incomplete }
        bytes.moveReaderIndex(forwardBy: length)
        return .head(CommandHead(header: header, extras: extras, key: key))
    }
}
