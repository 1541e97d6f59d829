import MemcachedFraming

extension ServerFault {
    /// A reply's status, as a server refuses a command with it. Any number can be made one.
    public struct Status: RawRepresentable, Sendable, Hashable {
        /// The number on the wire.
        public let rawValue: UInt16

        /// A status by its number on the wire.
        public init(rawValue: UInt16) {
            self.rawValue = rawValue
        }

        /// 0x01: there is no such item. A get is told so of a miss.
        public static let keyNotFound = Status(.keyNotFound)
        /// 0x02: the item has another CAS, or is there already. A compare-and-swap is told so of a lost race.
        public static let keyExists = Status(.keyExists)
        /// 0x03: the value doesn't fit into an item.
        public static let valueTooLarge = Status(.valueTooLarge)
        /// 0x04: the command isn't well formed.
        public static let invalidArguments = Status(.invalidArguments)
        /// 0x05: APPEND or PREPEND has found no item.
        public static let notStored = Status(.notStored)
        /// 0x06: INCREMENT or DECREMENT has found no number.
        public static let nonNumericValue = Status(.nonNumericValue)
        /// 0x20: the client has not authenticated, or may not do this.
        public static let authenticationError = Status(.authenticationError)
        /// 0x81: the server doesn't know the command.
        public static let unknownCommand = Status(.unknownCommand)
        /// 0x82: the server has no memory left.
        public static let outOfMemory = Status(.outOfMemory)
        /// 0x83: the server knows the command, but doesn't do it.
        public static let notSupported = Status(.notSupported)
        /// 0x84: something went wrong in the server.
        public static let internalError = Status(.internalError)
        /// 0x85: the server has too much to do.
        public static let busy = Status(.busy)
        /// 0x86: the server can't do it now.
        public static let temporaryFailure = Status(.temporaryFailure)

        private init(_ status: MemcachedFraming.Status) {
            rawValue = status.rawValue
        }
    }
}
