public import NIOCore

/// An item as the server holds it.
public struct Item: Sendable, Hashable {
    /// The value's bytes.
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
