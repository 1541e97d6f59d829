package import NIOCore

extension ByteBuffer {
    /// Writes all of a request but its value, which a caller may send as a segment of its own.
    package mutating func writeRequestHead(_ request: Request, opaque: UInt32) {
        write(request.frameLength - request.valueLength) { room in
            request.storeHeadAndKey(to: room, opaque: opaque)
        }
    }

    /// Writes a request's whole frame.
    package mutating func writeRequest(_ request: Request, opaque: UInt32) {
        write(request.frameLength) { room in
            let headLength = request.storeHeadAndKey(to: room, opaque: opaque)
            request.heldValue?.withUnsafeReadableBytes { value in
                UnsafeMutableRawBufferPointer(rebasing: room[headLength...]).copyMemory(from: value)
            }
        }
    }

    /// Writes a request that has no value once for each of several keys, in place of its own. Their opaques are 0.
    package mutating func writeRequest(_ request: Request, forEachOf keys: [ItemKey], at indices: [Int]) {
        let bodiesBegin = FrameHeader.length + request.extras.length
        let length = indices.reduce(0) { $0 + bodiesBegin + keys[$1].length }
        write(length) { room in
            var start = 0
            for index in indices {
                let key = keys[index]
                let frame = UnsafeMutableRawBufferPointer(rebasing: room[start..<start + bodiesBegin + key.length])
                request.storeHead(to: frame, keyLength: key.length, opaque: 0)
                key.store(to: UnsafeMutableRawBufferPointer(rebasing: frame[bodiesBegin...]))
                start += frame.count
            }
        }
    }

    /// Gives an opaque to each of the requests that were written from `start` on. Where the last one's value was left off, it says so.
    ///
    /// - Parameter opaque: that of the request with that number, counted from 0.
    package mutating func numberRequests(from start: Int, _ opaque: (Int) -> UInt32) -> (count: Int, lacksValue: Bool) {
        let first = start - readerIndex
        return withUnsafeMutableReadableBytes { bytes in
            var count = 0
            var place = first
            while place + FrameHeader.length <= bytes.count {
                FrameHeader.store(opaque: opaque(count), to: bytes, at: place)
                place += FrameHeader.length + FrameHeader.bodyLength(bytes, at: place)
                count += 1
            }
            return (count, place > bytes.count)
        }
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

extension Request {
    /// Writes all but the value into enough room, and returns how long that is.
    @discardableResult
    fileprivate func storeHeadAndKey(to room: UnsafeMutableRawBufferPointer, opaque: UInt32) -> Int {
        let keyBegins = FrameHeader.length + extras.length
        let keyLength = key?.length ?? 0
        storeHead(to: room, keyLength: keyLength, opaque: opaque)
        key?.store(to: UnsafeMutableRawBufferPointer(rebasing: room[keyBegins..<keyBegins + keyLength]))
        return keyBegins + keyLength
    }

    /// Writes header and extras, into enough room.
    fileprivate func storeHead(to room: UnsafeMutableRawBufferPointer, keyLength: Int, opaque: UInt32) {
        let extrasLength = extras.length
        let header = FrameHeader(
            magic: .request,
            opcode: opcode,
            keyLength: UInt16(truncatingIfNeeded: keyLength),
            extrasLength: UInt8(truncatingIfNeeded: extrasLength),
            bodyLength: UInt32(truncatingIfNeeded: extrasLength + keyLength + valueLength),
            opaque: opaque,
            cas: cas
        )
        header.store(to: room)
        extras.store(to: room, at: FrameHeader.length)
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
