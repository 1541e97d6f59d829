/// A reply's status. Any number is representable; the named ones are those that servers are known to send.
package struct Status: RawRepresentable, Hashable, Sendable {
    package let rawValue: UInt16

    package init(rawValue: UInt16) {
        self.rawValue = rawValue
    }
}

extension Status {
    package static var success: Status { Status(rawValue: 0x00) }
    package static var keyNotFound: Status { Status(rawValue: 0x01) }
    /// A CAS that doesn't match, or ADD on an existing key.
    package static var keyExists: Status { Status(rawValue: 0x02) }
    package static var valueTooLarge: Status { Status(rawValue: 0x03) }
    package static var invalidArguments: Status { Status(rawValue: 0x04) }
    package static var notStored: Status { Status(rawValue: 0x05) }
    package static var nonNumericValue: Status { Status(rawValue: 0x06) }
    package static var wrongVBucket: Status { Status(rawValue: 0x07) }
    package static var authenticationError: Status { Status(rawValue: 0x20) }
    package static var authenticationContinues: Status { Status(rawValue: 0x21) }
    package static var unknownCommand: Status { Status(rawValue: 0x81) }
    package static var outOfMemory: Status { Status(rawValue: 0x82) }
    package static var notSupported: Status { Status(rawValue: 0x83) }
    package static var internalError: Status { Status(rawValue: 0x84) }
    package static var busy: Status { Status(rawValue: 0x85) }
    package static var temporaryFailure: Status { Status(rawValue: 0x86) }
}

extension Status {
    private static let named: Set<Status> = [
        success, keyNotFound, keyExists, valueTooLarge, invalidArguments, notStored, nonNumericValue, wrongVBucket,
        authenticationError, authenticationContinues, unknownCommand, outOfMemory, notSupported, internalError, busy,
        temporaryFailure,
    ]

    /// Whether it is one that servers are known to send.
    package var isNamed: Bool { Self.named.contains(self) }
}

extension Status: CustomStringConvertible {
    package var description: String {
        switch self {
        case .success: "no error"
        case .keyNotFound: "key not found"
        case .keyExists: "key exists"
        case .valueTooLarge: "value too large"
        case .invalidArguments: "invalid arguments"
        case .notStored: "item not stored"
        case .nonNumericValue: "increment or decrement on a non-numeric value"
        case .wrongVBucket: "wrong vbucket"
        case .authenticationError: "authentication error"
        case .authenticationContinues: "authentication continues"
        case .unknownCommand: "unknown command"
        case .outOfMemory: "out of memory"
        case .notSupported: "not supported"
        case .internalError: "internal error"
        case .busy: "busy"
        case .temporaryFailure: "temporary failure"
        default: "status 0x" + String(rawValue, radix: 16)
        }
    }
}
