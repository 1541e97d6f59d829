public import NIOCore

/// How a client keeps a value's format and compression in the 32 flag bits of an item.
///
/// Flags don't tell who wrote them: the same bit says integer in Python, zlib in Ruby, gzip in Java. So a reader has to
/// be told. With ``native`` this package's clients share values of all formats, and Python's clients read most of them;
/// the others read and write what the clients of that name do:
///
/// ```swift
/// let sessions = MemcachedDict<Session>(client, keyPrefix: "sessions", codec: .json(), flags: .phpMemcached)
/// ```
public struct FlagsConvention: Sendable, CustomStringConvertible {
    /// The convention's name in error messages.
    public let name: String
    private let packing: @Sendable (EncodedValue) throws(ValueCodecError) -> (flags: UInt32, bytes: ByteBuffer)
    private let unpacking: @Sendable (UInt32, ByteBuffer) throws(ValueCodecError) -> EncodedValue

    /// A convention of your own.
    ///
    /// - Parameters:
    ///   - name: The name for error messages.
    ///   - pack: Gives flags and bytes for a value. Bit 31 is best left alone: Java's clients take it for a sign.
    ///   - unpack: Gives the value for flags and bytes, whatever they are: it throws
    ///     ``ValueCodecError/Code/unknownFlags`` and never traps.
    public init(
        name: String,
        pack: @escaping @Sendable (EncodedValue) throws(ValueCodecError) -> (flags: UInt32, bytes: ByteBuffer),
        unpack: @escaping @Sendable (UInt32, ByteBuffer) throws(ValueCodecError) -> EncodedValue
    ) {
        self.name = name
        packing = pack
        unpacking = unpack
    }

    /// The flags and the bytes to store.
    ///
    /// - Throws: ``ValueCodecError/Code/unrepresentable`` where the convention has no flags for the format or the
    ///   compression.
    public func pack(_ value: EncodedValue) throws(ValueCodecError) -> (flags: UInt32, bytes: ByteBuffer) {
        try packing(value)
    }

    /// The value of an item.
    ///
    /// - Throws: ``ValueCodecError/Code/unknownFlags`` where the flags mean nothing in this convention, and others
    ///   where the bytes are not as the flags say.
    public func unpack(flags: UInt32, bytes: ByteBuffer) throws(ValueCodecError) -> EncodedValue {
        try unpacking(flags, bytes)
    }

    /// The name.
    public var description: String { name }
}
