import NIOCore

extension FlagsConvention {
    /// dalli with its default serializer, Ruby's Marshal, which can't be read here: have it store raw values (`raw:
    /// true`).
    ///
    /// Everything written here is a raw value: `get` gives Ruby a string with the text, the JSON or the number in it.
    public static let dalli = FlagsConvention(
        FlagsTable(name: "dalli", meanings: [0: .unmarked, 1: .rubyMarshal], compressionBit: 2) { format in
            switch format {
            case .text, .json, .xmlPropertyList, .integer, .double, .bool, .bytes, .binaryPropertyList: 0
            default: nil
            }
        }
    ).writingBooleans(true: "true", false: "false")

    /// dalli with `serializer: JSON`, which gives Ruby the object that a JSON document describes. Other formats are raw
    /// values.
    public static let dalliJSON = FlagsConvention(
        FlagsTable(name: "dalli with JSON", meanings: [0: .unmarked, 1: .json], compressionBit: 2) { format in
            switch format {
            case .json: 1
            case .text, .xmlPropertyList, .integer, .double, .bool, .bytes, .binaryPropertyList: 0
            default: nil
            }
        }
    ).writingBooleans(true: "true", false: "false")
}

extension FlagsConvention {
    /// The same convention with other words for Booleans on the wire. The words are read back by ``BoolCodec``.
    func writingBooleans(true yes: String, false no: String) -> FlagsConvention {
        FlagsConvention(name: name) { (value) throws(ValueCodecError) in
            guard value.format.written == .bool else { return try pack(value) }
            var value = try value.inflated()
            value.bytes = ByteBuffer(string: value.bytes.readableBytesView.elementsEqual("1".utf8) ? yes : no)
            return try pack(value)
        } unpack: { (flags, bytes) throws(ValueCodecError) in
            try unpack(flags: flags, bytes: bytes)
        }
    }
}
