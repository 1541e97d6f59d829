extension FlagsConvention {
    /// python-memcached, and pymemcache with its pickle or compressed serde.
    ///
    /// Text, JSON, XML and doubles are a `str` there, integers and Booleans an `int`, everything else `bytes`.
    public static let pythonMemcached = FlagsConvention(
        FlagsTable(
            name: "python-memcached",
            meanings: [
                0: .unmarked(as: .bytes), 1: .pickle, 2: .unmarked(as: .int), 4: .unmarked(as: .int),
                16: .unmarked(as: .string),
            ],
            compressionBit: 8
        ) { format in
            switch format {
            case .text, .json, .xmlPropertyList, .double: 16
            case .integer, .bool: 2
            case .bytes, .binaryPropertyList: 0
            default: nil
            }
        }
    )

    /// pylibmc. As ``pythonMemcached``, but integers are 4, and Booleans come back as `bool`.
    public static let pylibmc = FlagsConvention(
        FlagsTable(
            name: "pylibmc",
            meanings: [
                0: .unmarked(as: .bytes), 1: .pickle, 2: .unmarked(as: .bool), 4: .unmarked(as: .int),
                16: .unmarked(as: .string),
            ],
            compressionBit: 8
        ) { format in
            switch format {
            case .text, .json, .xmlPropertyList, .double: 16
            case .integer: 4
            case .bool: 2
            case .bytes, .binaryPropertyList: 0
            default: nil
            }
        }
    )

    /// python-binary-memcached (bmemcached) and meta-memcache. Text is 0 and bytes are 16, unlike in the other Python
    /// clients.
    public static let bmemcached = FlagsConvention(
        FlagsTable(
            name: "bmemcached",
            meanings: [
                0: .unmarked(as: .string), 1: .pickle, 2: .unmarked(as: .int), 4: .unmarked(as: .int),
                16: .unmarked(as: .bytes),
            ],
            compressionBit: 8
        ) { format in
            switch format {
            case .text, .json, .xmlPropertyList, .double: 0
            case .integer, .bool: 2
            case .bytes, .binaryPropertyList: 16
            default: nil
            }
        }
    )

    /// libmc. It marshals its own `str`, which can't be read here; text, JSON, property lists and doubles written here
    /// are `bytes` to it.
    public static let libmc = FlagsConvention(
        FlagsTable(
            name: "libmc",
            meanings: [
                0: .unmarked(as: .bytes), 1: .pickle, 4: .unmarked(as: .int), 8: .unmarked(as: .bool),
                32: .pythonMarshal,
            ],
            compressionBit: 16
        ) { format in
            switch format {
            case .text, .json, .xmlPropertyList, .double, .bytes, .binaryPropertyList: 0
            case .integer: 4
            case .bool: 8
            default: nil
            }
        }
    )
}
