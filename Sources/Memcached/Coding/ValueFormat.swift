/// What the bytes of a stored value are written in, before compression.
///
/// A codec gives the values that it encodes a format, a ``FlagsConvention`` keeps it in the item's flags, and a codec
/// that meets another codec's format throws an error that names both.
///
/// Besides the formats of this package there are:
/// - *unmarked* values, as other programs leave them, see ``unmarked(as:)``: any codec may try to read them;
/// - 256 formats for codecs of your own, see ``custom(_:)``;
/// - *foreign* formats, the output of other languages' serializers such as ``pickle``: none of this package's codecs
///   reads them.
public struct ValueFormat: Hashable, Sendable {
    private enum Name: Hashable, Sendable {
        case json, binaryPropertyList, xmlPropertyList, text, integer, double, bool, bytes
        case custom(UInt8)
        case unmarked(ValueKind?)
        case foreign(String)
    }

    private let name: Name

    /// A JSON document in UTF-8.
    public static let json = ValueFormat(name: .json)
    /// A property list in Apple's binary format, `bplist00`.
    public static let binaryPropertyList = ValueFormat(name: .binaryPropertyList)
    /// A property list in XML.
    public static let xmlPropertyList = ValueFormat(name: .xmlPropertyList)
    /// UTF-8 text.
    public static let text = ValueFormat(name: .text)
    /// An integer in ASCII decimal.
    public static let integer = ValueFormat(name: .integer)
    /// A floating point number in ASCII decimal, or `inf`, `-inf`, `nan`.
    public static let double = ValueFormat(name: .double)
    /// `1` for true, `0` for false.
    public static let bool = ValueFormat(name: .bool)
    /// Bytes that mean what their user knows.
    public static let bytes = ValueFormat(name: .bytes)

    /// No mark at all: flags 0, as counters and the values of many clients have.
    ///
    /// Whichever codec is asked tries to read it.
    public static let unmarked = ValueFormat(name: .unmarked(nil))

    /// A value from a client that marks it roughly, such as Python's `str`, which may be a word, a number or a JSON
    /// document.
    ///
    /// Whichever codec is asked tries to read it; `kind` serves those who only look at it.
    public static func unmarked(as kind: ValueKind) -> ValueFormat {
        ValueFormat(name: .unmarked(kind))
    }

    /// A format of your own codec, 0 to 255. The package will never use these for itself.
    public static func custom(_ number: UInt8) -> ValueFormat {
        ValueFormat(name: .custom(number))
    }

    /// The output of another language's serializer, named for error messages.
    public static func foreign(_ name: String) -> ValueFormat {
        ValueFormat(name: .foreign(name))
    }

    /// Python's `pickle`.
    public static let pickle = foreign("Python pickle")
    /// Python's `marshal`, which libmc uses.
    public static let pythonMarshal = foreign("Python marshal")
    /// Ruby's `Marshal`, dalli's default.
    public static let rubyMarshal = foreign("Ruby Marshal")
    /// Java's object serialization.
    public static let javaSerialization = foreign("Java serialization")
    /// PHP's `serialize()`.
    public static let phpSerialization = foreign("PHP serialize")
    /// PHP's igbinary.
    public static let igbinary = foreign("igbinary")
    /// MessagePack.
    public static let messagePack = foreign("MessagePack")
    /// Perl's `Storable`.
    public static let perlStorable = foreign("Perl Storable")

    /// Whether any codec may try to read the value.
    public var isUnmarked: Bool {
        if case .unmarked = name { true } else { false }
    }

    /// Whether another language's serializer wrote the value.
    public var isForeign: Bool {
        if case .foreign = name { true } else { false }
    }

    /// The number of a ``custom(_:)`` format, nil of any other.
    public var customNumber: UInt8? {
        if case .custom(let number) = name { number } else { nil }
    }

    /// What a value of this format is, as far as its format tells: nil for ``unmarked``, bytes for custom and foreign
    /// formats.
    public var kind: ValueKind? {
        switch name {
        case .json: .json
        case .binaryPropertyList, .xmlPropertyList: .plist
        case .text: .string
        case .integer: .int
        case .double: .double
        case .bool: .bool
        case .bytes, .custom, .foreign: .bytes
        case .unmarked(let kind): kind
        }
    }

    /// The format in which this package would have written an unmarked value; any other format is itself.
    package var written: ValueFormat {
        guard case .unmarked(let kind) = name else { return self }
        return switch kind {
        case .string: .text
        case .int: .integer
        case .double: .double
        case .bool: .bool
        case .json: .json
        case .plist: .binaryPropertyList
        case .bytes, nil: .bytes
        }
    }
}

extension ValueFormat: CustomStringConvertible {
    /// The format's name as errors give it.
    public var description: String {
        switch name {
        case .json: "json"
        case .binaryPropertyList: "binary property list"
        case .xmlPropertyList: "XML property list"
        case .text: "text"
        case .integer: "integer"
        case .double: "double"
        case .bool: "bool"
        case .bytes: "bytes"
        case .custom(let number): "custom format \(number)"
        case .unmarked(nil): "unmarked bytes"
        case .unmarked(let kind?): "another client's \(kind.rawValue)"
        case .foreign(let name): name
        }
    }
}
