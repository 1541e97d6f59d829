package import NIOCore

extension ByteBuffer {
    /// Writes all of a request but its value, which a caller may send as a segment of its own.
    package mutating func writeRequestHead(_ request: Request, opaque: UInt32) {
        let extrasLength = request.extras.length
        let keyLength = request.key?.length ?? 0
        let header = FrameHeader(
            magic: .request,
            opcode: request.opcode,
            keyLength: UInt16(truncatingIfNeeded: keyLength),
            extrasLength: UInt8(truncatingIfNeeded: extrasLength),
            bodyLength: UInt32(truncatingIfNeeded: request.bodyLength),
            opaque: opaque,
            cas: request.cas
        )
        let length = FrameHeader.length + extrasLength + keyLength
        writeWithUnsafeMutableBytes(minimumWritableBytes: length) { room in
            header.store(to: room)
            request.extras.store(to: room, at: FrameHeader.length)
            if let key = request.key {
                key.store(to: UnsafeMutableRawBufferPointer(rebasing: room[(length - keyLength)..<length]))
            }
            return length
        }
    }

    /// Writes a request's whole frame.
    package mutating func writeRequest(_ request: Request, opaque: UInt32) {
        writeRequestHead(request, opaque: opaque)
        writeImmutableBuffer(request.value)
    }
}

extension Request {
    /// Reads a frame that a client sent; throws where its shape is wrong.
    ///
    /// Its CAS is taken as it is, on commands too that ``init(opcode:key:extras:value:cas:)`` builds without one: servers heed
    /// it on ADD and ignore it on GET.
    package init(_ frame: Frame) throws(FramingError) {
        let opcode = frame.header.opcode
        guard let shape = opcode.shape else { throw .unknownOpcode(opcode) }
        let extrasLength = Int(frame.header.extrasLength)
        guard
            shape.takesExtras(ofLength: extrasLength),
            let extras = Extras(frame.extras, as: shape.requestExtras)
        else { throw .wrongExtras(opcode, length: extrasLength) }
        let key = frame.header.keyLength > 0 ? try ItemKey(bytes: frame.key) : nil
        let request = try Request(opcode: opcode, key: key, extras: extras, value: frame.value)
        self.init(checked: opcode, key: request.key, extras: extras, value: request.value, cas: frame.header.cas)
    }
}

extension Request.Extras {
    fileprivate func store(to bytes: UnsafeMutableRawBufferPointer, at offset: Int) {
        switch self {
        case .none:
            break
        case .storage(let flags, let expiration):
            let words = UInt64(flags) << 32 | UInt64(expiration)
            bytes.storeBytes(of: words.bigEndian, toByteOffset: offset, as: UInt64.self)
        case .counter(let delta, let initial, let expiration):
            bytes.storeBytes(of: delta.bigEndian, toByteOffset: offset, as: UInt64.self)
            bytes.storeBytes(of: initial.bigEndian, toByteOffset: offset + 8, as: UInt64.self)
            bytes.storeBytes(of: expiration.bigEndian, toByteOffset: offset + 16, as: UInt32.self)
        case .expiration(let word), .delay(let word), .verbosity(let word):
            bytes.storeBytes(of: word.bigEndian, toByteOffset: offset, as: UInt32.self)
        }
    }

    fileprivate init?(_ bytes: ByteBuffer, as kind: FrameShape.RequestExtras) {
        var bytes = bytes
        switch kind {
        case .none:
            self = .none
        case .storage:
            guard let (flags, expiration) = bytes.readMultipleIntegers(as: (UInt32, UInt32).self) else { return nil }
            self = .storage(flags: flags, expiration: expiration)
        case .counter:
            guard let (delta, initial, expiration) = bytes.readMultipleIntegers(as: (UInt64, UInt64, UInt32).self)
            else { return nil }
            self = .counter(delta: delta, initial: initial, expiration: expiration)
        case .expiration:
            guard let expiration = bytes.readInteger(as: UInt32.self) else { return nil }
            self = .expiration(expiration)
        case .verbosity:
            guard let level = bytes.readInteger(as: UInt32.self) else { return nil }
            self = .verbosity(level)
        case .optionalDelay:
            self = bytes.readInteger(as: UInt32.self).map { .delay($0) } ?? .none
        }
    }
}
