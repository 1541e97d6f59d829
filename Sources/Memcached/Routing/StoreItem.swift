public import NIOCore

/// A value to be stored, with what is stored beside it.
public struct StoreItem: Sendable, Hashable {
    /// The value's bytes.
    public var value: ByteBuffer
    /// The number stored beside it.
    public var flags: UInt32
    /// When the item ends.
    public var expiration: Expiration

    /// A value with its flags and its expiration.
    public init(value: ByteBuffer, flags: UInt32 = 0, expiration: Expiration = .never) {
        self.value = value
        self.flags = flags
        self.expiration = expiration
    }
}
