package import NIOCore

extension ByteBuffer {
    /// Writes all of a request but its value, which a caller may send as a segment of its own.
    package mutating func writeRequestHead(_ request: Request, opaque: UInt32) {
        let extrasLength = request.extras.length
        let header = FrameHeader(
            magic: .request,
            opcode: request.opcode,
            keyLength: UInt16(truncatingIfNeeded: request.key?.length ?? 0),
            extrasLength: UInt8(truncatingIfNeeded: extrasLength),
            bodyLength: UInt32(truncatingIfNeeded: request.bodyLength),
            opaque: opaque,
            cas: request.cas
        )
        writeFrameHeader(header)
        switch request.extras {
        case .none:
            break
        case .storage(let flags, let expiration):
            writeInteger(UInt64(flags) << 32 | UInt64(expiration))
        case .counter(let delta, let initial, let expiration):
            writeInteger(delta)
            writeInteger(initial)
            writeInteger(expiration)
        case .expiration(let word), .delay(let word), .verbosity(let word):
            writeInteger(word)
        }
        if let key = request.key {
            writeKey(key)
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
    package init(_ frame: Frame) throws(FramingError) {
        let opcode = frame.header.opcode
        guard let shape = opcode.shape else { throw .unknownOpcode(opcode) }
        guard shape.takesExtras(ofLength: Int(frame.header.extrasLength)) else {
            throw .wrongExtras(opcode, length: Int(frame.header.extrasLength))
        }
        guard let extras = Extras(frame.extras, of: opcode) else {
            throw .wrongExtras(opcode, length: Int(frame.header.extrasLength))
        }
        let key = frame.header.keyLength > 0 ? try ItemKey(bytes: frame.key) : nil
        try self.init(opcode: opcode, key: key, extras: extras, value: frame.value, cas: frame.header.cas)
    }
}

extension Request.Extras {
    fileprivate init?(_ bytes: ByteBuffer, of opcode: Opcode) {
        var bytes = bytes
        switch opcode.loudTwin {
        case .set, .add, .replace:
            guard let (flags, expiration) = bytes.readMultipleIntegers(as: (UInt32, UInt32).self) else { return nil }
            self = .storage(flags: flags, expiration: expiration)
        case .increment, .decrement:
            guard let (delta, initial, expiration) = bytes.readMultipleIntegers(as: (UInt64, UInt64, UInt32).self)
            else { return nil }
            self = .counter(delta: delta, initial: initial, expiration: expiration)
        case .touch, .getAndTouch, .getAndTouchWithKey:
            guard let expiration = bytes.readInteger(as: UInt32.self) else { return nil }
            self = .expiration(expiration)
        case .verbosity:
            guard let level = bytes.readInteger(as: UInt32.self) else { return nil }
            self = .verbosity(level)
        case .flush:
            self = bytes.readInteger(as: UInt32.self).map { .delay($0) } ?? .none
        default:
            self = .none
        }
    }
}
