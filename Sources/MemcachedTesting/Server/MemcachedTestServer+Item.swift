extension MemcachedTestServer {
    /// An item as the server keeps it.
    public struct Item: Sendable, Hashable {
        /// The bytes as they were stored, compressed ones still compressed.
        public var value: [UInt8]
        /// The number that clients mark the value's format with.
        public var flags: UInt32
        /// The number that changes whenever the item is stored; 0 on a server with CAS off.
        public var cas: UInt64
        /// In whole seconds; nil for an item that doesn't expire.
        public var remainingLifetime: Duration?
    }
}
