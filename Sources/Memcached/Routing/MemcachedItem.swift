public import NIOCore

/// An item as the server holds it.
public struct MemcachedItem: Sendable, Hashable {
    /// The value's bytes: a slice of what was read from the socket, or a copy where the slice would keep more than 256 bytes and more
    /// than four times its own size in memory. The values of a batch share what they were read into, at most 128 KiB or four times their
    /// own size: copy one that you keep for long without the others, as by `ByteBuffer(bytes: item.value.readableBytesView)`.
    public var value: ByteBuffer
    /// The number that the writer's client stored beside the value; ``FlagsConvention`` gives it a meaning.
    public var flags: UInt32
    /// What a compare-and-swap compares.
    public var version: ItemVersion

    package init(value: ByteBuffer, flags: UInt32, version: ItemVersion) {
        self.value = value
        self.flags = flags
        self.version = version
    }
}
