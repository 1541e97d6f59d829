package import Memcached
package import NIOCore

/// A stored value as its bytes, whatever they are, and others in their place with the flags and the compression that it had.
package struct ItemBytes: Sendable {
    /// Inflated, where what was stored can be.
    package let bytes: ByteBuffer
    /// What the item's flags say that they are; `bytes` where they say nothing of it.
    package let choice: CodecChoice
    /// Why the bytes are shown as they are stored; nil where the flags tell what they are.
    package let problem: ValueCodecError?
    private let format: ItemFormat

    package init(_ item: MemcachedItem) {
        do throws(ValueCodecError) {
            let stored = try FlagsConvention.native.unpack(flags: item.flags, bytes: item.value)
            let description = try FlagsConvention.native.describe(flags: item.flags, bytes: item.value)
            bytes = description.bytes
            choice = stored.format.isUnmarked ? .bytes : CodecChoice(description) ?? .bytes
            problem = nil
            format = ItemFormat(flags: item.flags, isCompressed: description.isCompressed)
        } catch {
            (bytes, choice, problem) = (item.value, .bytes, error)
            format = ItemFormat(flags: item.flags, isCompressed: false)
        }
    }

    /// What is stored for other bytes.
    ///
    /// - Throws: where they are not what the flags say.
    package func stored(_ bytes: ByteBuffer) throws -> (flags: UInt32, bytes: ByteBuffer) {
        _ = try DocumentCodec(choice: choice).encode(bytes)
        return try format.packed(bytes)
    }
}
