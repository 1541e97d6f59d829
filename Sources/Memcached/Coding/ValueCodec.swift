/// A way to turn values of one type into bytes and back.
///
/// The package's codecs are made by static functions, so that they can be written where a codec is wanted:
///
/// ```swift
/// let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json().compressed(above: 1_024))
/// let counters = MemcachedDict<Int>(client, keyPrefix: "counters", codec: .integer())
/// ```
///
/// `json`, `propertyList`, `text`, `integer`, `double`, `float`, `bool` and `bytes` are there, and `compressed(above:)`
/// around any of them, or around one of your own:
///
/// ```swift
/// struct PointCodec: ValueCodec {
///     var name: String { "point" }
///
///     func encode(_ value: Point) throws -> EncodedValue {
///         EncodedValue(bytes: ByteBuffer(integer: value.x), format: .custom(0))
///     }
///
///     func decode(_ encoded: EncodedValue) throws -> Point {
///         var bytes = try encoded.bytes(as: .custom(0), readBy: name)
///         guard let x = bytes.readInteger(as: Int64.self) else {
///             throw ValueCodecError(.corrupted, "no point in these bytes")
///         }
///         return Point(x: x)
///     }
/// }
/// ```
///
/// Codecs run in the caller's task. A codec must be able to read any bytes at all: it throws, and never traps.
public protocol ValueCodec<Value>: Sendable {
    /// What the codec encodes and decodes.
    associatedtype Value

    /// The codec's name in error messages, such as `json` or `binary property list`.
    var name: String { get }

    /// Whether the codec compresses by itself, and inflates within a limit of its own, as one made with `compressed(above:)` does. False
    /// unless a codec says otherwise.
    ///
    /// A codec of your own that hands its values to one that compresses returns that one's. A dictionary then leaves inflating to it, and
    /// what is configured for all dictionaries doesn't change how it compresses. Where this is false, the dictionary inflates what the
    /// codec reads, to ``EncodedValue/defaultInflationLimit`` at most, and refuses to store what the codec has compressed and nobody could
    /// read again within that limit. What is configured for a single dictionary holds for every codec.
    var compresses: Bool { get }

    /// The value as bytes.
    ///
    /// - Throws: ``ValueCodecError`` from the package's codecs.
    func encode(_ value: Value) throws -> EncodedValue

    /// The value of these bytes.
    ///
    /// - Throws: ``ValueCodecError`` from the package's codecs: also where another codec wrote the value.
    func decode(_ encoded: EncodedValue) throws -> Value
}

extension ValueCodec {
    /// False.
    public var compresses: Bool { false }
}
