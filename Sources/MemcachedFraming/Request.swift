package import NIOCore

/// A command for the server. Its shape is checked when it is built, so that what is sent never makes the server close the
/// connection or lose its place in the stream.
package struct Request: Sendable, Equatable {
    package enum Extras: Sendable, Equatable {
        case none
        case storage(flags: UInt32, expiration: UInt32)
        case counter(delta: UInt64, initial: UInt64, expiration: UInt32)
        case expiration(UInt32)
        case delay(UInt32)
        case verbosity(UInt32)
    }

    /// The longest body, in bytes. Servers before 1.6.42 read the length as a signed number; the header is left off, too, so
    /// that a frame's length is an Int on 32-bit platforms.
    package static let maximumBodyLength = Int(Int32.max) - FrameHeader.length

    package let opcode: Opcode
    package let key: ItemKey?
    package let extras: Extras
    /// Nil where it is empty: an empty buffer is one object, which all threads would count their references to.
    let heldValue: ByteBuffer?
    /// The CAS that the item must have; 0 for any.
    package let cas: UInt64

    /// A request from its parts; throws where the command doesn't take them.
    package init(
        opcode: Opcode,
        key: ItemKey? = nil,
        extras: Extras = .none,
        value: ByteBuffer? = nil,
        cas: UInt64 = 0
    ) throws(FramingError) {
        guard let shape = opcode.shape else { throw .unknownOpcode(opcode) }
        switch shape.requestKey {
        case .required where key == nil: throw .keyMissing(opcode)
        case .forbidden where key != nil: throw .keyNotTaken(opcode)
        default: break
        }
        guard extras.fit(shape.requestExtras) else { throw .wrongExtras(opcode, length: extras.length) }
        guard shape.requestValue != .forbidden || (value?.readableBytes ?? 0) == 0 else { throw .valueNotTaken(opcode) }
        guard shape.takesCAS || cas == 0 else { throw .casNotTaken(opcode) }
        self.init(checked: opcode, key: key, extras: extras, value: value, cas: cas)
        guard bodyLength <= Self.maximumBodyLength else {
            let room = Self.maximumBodyLength - (bodyLength - valueLength)
            throw .valueTooLong(bytes: valueLength, limit: room)
        }
    }

    /// For this module's factories, whose parameters admit nothing that the command doesn't take.
    init(
        checked opcode: Opcode,
        key: ItemKey? = nil,
        extras: Extras = .none,
        value: ByteBuffer? = nil,
        cas: UInt64 = 0
    ) {
        self.opcode = opcode
        self.key = key
        self.extras = extras
        heldValue = value.flatMap { $0.readableBytes > 0 ? $0 : nil }
        self.cas = cas
    }
}

extension Request {
    package var value: ByteBuffer { heldValue ?? ByteBuffer() }

    /// In bytes.
    package var valueLength: Int { heldValue?.readableBytes ?? 0 }

    package var bodyLength: Int {
        extras.length + (key?.length ?? 0) + valueLength
    }

    /// The whole frame's length in bytes.
    package var frameLength: Int {
        FrameHeader.length + bodyLength
    }
}

extension Request.Extras {
    package var length: Int {
        switch self {
        case .none: 0
        case .storage: 8
        case .counter: 20
        case .expiration, .delay, .verbosity: 4
        }
    }

    /// A length alone would take an expiration for a delay.
    func fit(_ kind: FrameShape.RequestExtras) -> Bool {
        switch (self, kind) {
        case (.none, .none), (.none, .optionalDelay): true
        case (.storage, .storage), (.counter, .counter), (.expiration, .expiration): true
        case (.delay, .optionalDelay), (.verbosity, .verbosity): true
        default: false
        }
    }
}
