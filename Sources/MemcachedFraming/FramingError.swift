/// What is wrong with a frame: one that was to be built, or one that a peer sent.
package enum FramingError: Error, Hashable, Sendable {
    // A request that must not be sent.
    case emptyKey
    case keyTooLong(bytes: Int)
    case keyMissing(Opcode)
    case keyNotTaken(Opcode)
    case valueNotTaken(Opcode)
    case valueTooLong(bytes: Int, limit: Int)
    case casNotTaken(Opcode)
    case wrongExtras(Opcode, length: Int)
    case unknownOpcode(Opcode)

    // Bytes that are no frame of this protocol.
    case badMagic(UInt8)
    /// The peer speaks text: its first line, at most ``textLimit`` bytes of it.
    case text(String)
    case lengthsDisagree(Opcode, extras: Int, key: Int, body: Int)
    case bodyTooLong(Opcode, claimed: Int, limit: Int)
    /// The stream ended inside a frame.
    case truncated(bytes: Int)

    /// How much of a text line an error quotes, in bytes.
    package static let textLimit = 256
}

extension FramingError: CustomStringConvertible {
    package var description: String {
        switch self {
        case .emptyKey:
            "the key is empty; memcached takes keys of 1 to \(ItemKey.maximumLength) bytes"
        case .keyTooLong(let bytes):
            "the key has \(bytes) bytes in UTF-8; memcached takes at most \(ItemKey.maximumLength), prefix included"
        case .keyMissing(let opcode):
            "\(opcode) needs a key"
        case .keyNotTaken(let opcode):
            "\(opcode) takes no key"
        case .valueNotTaken(let opcode):
            "\(opcode) takes no value"
        case .valueTooLong(let bytes, let limit):
            "the value has \(bytes) bytes; a frame carries at most \(limit)"
        case .casNotTaken(let opcode):
            "\(opcode) takes no CAS"
        case .wrongExtras(let opcode, let length):
            "\(opcode) with \(length) bytes of extras, which is no length that it has"
        case .unknownOpcode(let opcode):
            "\(opcode) is no command of the protocol"
        case .badMagic(let byte):
            "a frame began with 0x\(String(byte, radix: 16)), which is not the binary protocol's magic"
                // What a TLS server's alert begins with.
                + (byte == 0x15 ? "; the peer seems to speak TLS" : "")
        case .text(let line):
            "the peer answered in text, not in the binary protocol: '\(line)'"
        case .lengthsDisagree(let opcode, let extras, let key, let body):
            "\(opcode) claims \(extras) bytes of extras and \(key) of key in a body of \(body)"
        case .bodyTooLong(let opcode, let claimed, let limit):
            "\(opcode) claims a body of \(claimed) bytes; the limit is \(limit)"
        case .truncated(let bytes):
            "the stream ended inside a frame, after \(bytes) bytes of it"
        }
    }
}
