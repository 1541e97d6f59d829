package import NIOCore

/// The 24 bytes that begin every frame, big-endian on the wire.
package struct FrameHeader: Sendable, Equatable {
    package static let length = 24

    /// Which way a frame travels, and the byte that says so.
    package enum Magic: UInt8, Sendable {
        case request = 0x80
        case reply = 0x81
    }

    package var magic: Magic
    package var opcode: Opcode
    package var keyLength: UInt16
    package var extrasLength: UInt8
    /// Always 0; servers ignore it.
    package var dataType: UInt8
    /// The status of a reply; in a request the vbucket, which servers ignore.
    package var statusOrVBucket: UInt16
    /// Extras, key and value together.
    package var bodyLength: UInt32
    package var opaque: UInt32
    package var cas: UInt64

    package init(
        magic: Magic,
        opcode: Opcode,
        keyLength: UInt16 = 0,
        extrasLength: UInt8 = 0,
        dataType: UInt8 = 0,
        statusOrVBucket: UInt16 = 0,
        bodyLength: UInt32 = 0,
        opaque: UInt32,
        cas: UInt64 = 0
    ) {
        self.magic = magic
        self.opcode = opcode
        self.keyLength = keyLength
        self.extrasLength = extrasLength
        self.dataType = dataType
        self.statusOrVBucket = statusOrVBucket
        self.bodyLength = bodyLength
        self.opaque = opaque
        self.cas = cas
    }
}

extension FrameHeader {
    /// Reads a header from three whole words. Nil where the first byte is no magic.
    init?(_ bytes: UnsafeRawBufferPointer, at offset: Int) {
        let first = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt64.self))
        let second = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt64.self))
        guard let magic = Magic(rawValue: UInt8(truncatingIfNeeded: first >> 56)) else { return nil }
        self.magic = magic
        opcode = Opcode(rawValue: UInt8(truncatingIfNeeded: first >> 48))
        keyLength = UInt16(truncatingIfNeeded: first >> 32)
        extrasLength = UInt8(truncatingIfNeeded: first >> 24)
        dataType = UInt8(truncatingIfNeeded: first >> 16)
        statusOrVBucket = UInt16(truncatingIfNeeded: first)
        bodyLength = UInt32(truncatingIfNeeded: second >> 32)
        opaque = UInt32(truncatingIfNeeded: second)
        cas = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 16, as: UInt64.self))
    }

    /// Writes the header as three whole words into at least 24 bytes.
    func store(to bytes: UnsafeMutableRawBufferPointer) {
        let lengths = UInt64(keyLength) << 32 | UInt64(extrasLength) << 24
        let first =
            UInt64(magic.rawValue) << 56 | UInt64(opcode.rawValue) << 48 | lengths
            | UInt64(dataType) << 16 | UInt64(statusOrVBucket)
        let second = UInt64(bodyLength) << 32 | UInt64(opaque)
        bytes.storeBytes(of: first.bigEndian, toByteOffset: 0, as: UInt64.self)
        bytes.storeBytes(of: second.bigEndian, toByteOffset: 8, as: UInt64.self)
        bytes.storeBytes(of: cas.bigEndian, toByteOffset: 16, as: UInt64.self)
    }

    /// Changes one field of a header that was stored.
    static func store(opaque: UInt32, to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        bytes.storeBytes(of: opaque.bigEndian, toByteOffset: offset + 12, as: UInt32.self)
    }

    /// Reads one field of a header that was stored.
    static func bodyLength(_ bytes: UnsafeMutableRawBufferPointer, at offset: Int) -> Int {
        Int(UInt32(bigEndian: bytes.loadUnaligned(fromByteOffset: offset + 8, as: UInt32.self)))
    }
}

extension ByteBuffer {
    package mutating func writeFrameHeader(_ header: FrameHeader) {
        write(FrameHeader.length) { header.store(to: $0) }
    }
}
