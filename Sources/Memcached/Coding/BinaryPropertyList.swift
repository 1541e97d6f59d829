/// The parts of a binary property list, each handed out only once it is known to lie where it should.
///
/// The format: `bplist00`, objects, a table of the objects' offsets, and a trailer of 32 bytes that says where things
/// are.
struct BinaryPropertyList {
    enum Object {
        case string(Characters, bytes: Int)
        case other(bytes: Int)
        /// The first `keys` of the references are those of a dictionary's keys.
        case container(References, keys: Int)
    }

    struct References {
        fileprivate let start: Int
        let count: Int
    }

    enum Characters {
        case ascii
        case utf16(UTF16Units)
    }

    struct UTF16Units {
        fileprivate let start: Int
        fileprivate let count: Int
    }

    private static let header = Array("bplist00".utf8)
    private static let trailerSize = 32

    private let bytes: UnsafeRawBufferPointer
    private let offsetSize: Int
    private let referenceSize: Int
    private let offsetTable: Int
    /// How many objects there are; they are numbered from 0.
    let objectCount: Int
    /// The number of the object that refers to all others.
    let top: Int

    init(_ bytes: UnsafeRawBufferPointer) throws(ValueCodecError) {
        guard bytes.starts(with: Self.header) else {
            let isXML = bytes.prefix(256).contains(UInt8(ascii: "<"))
            throw .refusedBinaryPropertyList(
                isXML ? "the bytes look like an XML property list, not a binary one" : "no binary property list"
            )
        }
        guard bytes.count >= Self.header.count + 1 + Self.trailerSize else {
            throw .refusedBinaryPropertyList("it ends too early")
        }
        self.bytes = bytes
        let trailer = bytes.count - Self.trailerSize
        offsetSize = Int(bytes[trailer + 6])
        referenceSize = Int(bytes[trailer + 7])
        guard (1...8).contains(offsetSize), (1...8).contains(referenceSize),
            let objectCount = Self.integer(in: bytes, at: trailer + 8, size: 8),
            let top = Self.integer(in: bytes, at: trailer + 16, size: 8),
            let offsetTable = Self.integer(in: bytes, at: trailer + 24, size: 8),
            objectCount >= 1, top < objectCount, offsetTable > Self.header.count, offsetTable < trailer
        else { throw .refusedBinaryPropertyList("its trailer is malformed") }
        let (tableSize, overflows) = objectCount.multipliedReportingOverflow(by: offsetSize)
        guard !overflows, tableSize == trailer - offsetTable else {
            throw .refusedBinaryPropertyList("its offset table doesn't fit")
        }
        // Each has a byte at least, and an offset of its own. What looks over them keeps a record of each.
        let distinctOffsets = offsetSize < 4 ? 1 << (8 * offsetSize) : Int.max
        guard objectCount <= min(offsetTable - Self.header.count, distinctOffsets) else {
            throw .refusedBinaryPropertyList("it has more objects than room for them")
        }
        self.objectCount = objectCount
        self.top = top
        self.offsetTable = offsetTable
    }

    /// The big-endian integer there, nil past the end of the bytes or past `Int.max`.
    private static func integer(in bytes: UnsafeRawBufferPointer, at offset: Int, size: Int) -> Int? {
        guard offset >= 0, size <= 8, offset <= bytes.count - size else { return nil }
        var value: UInt64 = 0
        for byte in bytes[offset..<offset + size] {
            value = value << 8 | UInt64(byte)
        }
        return Int(exactly: value)
    }

    /// The number of the object to which one of the references points.
    func reference(_ position: Int, of references: References) throws(ValueCodecError) -> Int {
        let place = references.start + position * referenceSize
        guard let object = Self.integer(in: bytes, at: place, size: referenceSize), object < objectCount else {
            throw .refusedBinaryPropertyList("a reference points to no object")
        }
        return object
    }

    /// What an object is, and how many bytes of contents it has.
    func object(_ index: Int) throws(ValueCodecError) -> Object {
        guard let offset = Self.integer(in: bytes, at: offsetTable + index * offsetSize, size: offsetSize),
            offset >= Self.header.count, offset < offsetTable
        else { throw .refusedBinaryPropertyList("object \(index) lies outside the list") }
        let marker = bytes[offset]
        let low = marker & 0x0f
        switch marker >> 4 {
        case 0x0 where low == 0x8 || low == 0x9:
            return .other(bytes: 0)
        case 0x1 where low < 4:
            return .other(bytes: try size(1 << Int(low), at: offset + 1))
        case 0x1 where low == 4:
            let size = try size(16, at: offset + 1)
            // Foundation's decoder takes the lower half of it for the number.
            guard bytes[offset + 1..<offset + 9].allSatisfy({ $0 == 0 }) else {
                throw .refusedBinaryPropertyList("an integer has more than 64 bits")
            }
            return .other(bytes: size)
        case 0x2 where low == 2 || low == 3:
            return .other(bytes: try size(1 << Int(low), at: offset + 1))
        case 0x3 where low == 3:
            return .other(bytes: try size(8, at: offset + 1))
        case 0x4:
            let (count, start) = try length(at: offset)
            return .other(bytes: try size(count, at: start))
        case 0x5:
            let (count, start) = try length(at: offset)
            return .string(.ascii, bytes: try size(count, at: start))
        case 0x6:
            let (count, start) = try length(at: offset)
            let bytes = try size(count, times: 2, at: start)
            return .string(.utf16(UTF16Units(start: start, count: count)), bytes: bytes)
        case 0xa:
            let (count, start) = try length(at: offset)
            _ = try size(count, times: referenceSize, at: start)
            return .container(References(start: start, count: count), keys: 0)
        case 0xd:
            let (count, start) = try length(at: offset)
            _ = try size(count, times: 2 * referenceSize, at: start)
            return .container(References(start: start, count: 2 * count), keys: count)
        default:
            // Sets, UIDs and nulls have markers too, but no Codable value becomes one.
            throw .refusedBinaryPropertyList("object \(index) is of an unknown kind")
        }
    }

    /// The length in an object's head, and where its contents begin.
    private func length(at offset: Int) throws(ValueCodecError) -> (count: Int, start: Int) {
        let short = Int(bytes[offset] & 0x0f)
        guard short == 0xf else { return (short, offset + 1) }
        guard offset + 1 < offsetTable, bytes[offset + 1] & 0xf0 == 0x10, bytes[offset + 1] & 0x0f <= 3,
            let count = Self.integer(in: bytes, at: offset + 2, size: 1 << Int(bytes[offset + 1] & 0x0f))
        else { throw .refusedBinaryPropertyList("a length is malformed") }
        return (count, offset + 2 + (1 << Int(bytes[offset + 1] & 0x0f)))
    }

    /// Throws where a surrogate lacks its other half: some of Foundation's readers put another character in its place.
    func check(_ units: UTF16Units) throws(ValueCodecError) {
        var awaitsLow = false
        for unit in 0...units.count {
            // The end is as any character.
            let kind = unit == units.count ? 0 : bytes[units.start + 2 * unit] & 0xfc
            guard (kind == 0xdc) == awaitsLow else { throw .refusedBinaryPropertyList("a string is no UTF-16") }
            awaitsLow = kind == 0xd8
        }
    }

    /// The bytes of so many units, if they lie before the offset table.
    private func size(_ count: Int, times unit: Int = 1, at start: Int) throws(ValueCodecError) -> Int {
        let (size, overflows) = count.multipliedReportingOverflow(by: unit)
        guard !overflows, size >= 0, size <= offsetTable - start else {
            throw .refusedBinaryPropertyList("an object overruns the list")
        }
        return size
    }
}

extension ValueCodecError {
    static func refusedBinaryPropertyList(_ reason: String) -> ValueCodecError {
        ValueCodecError(.refusedPropertyList, "the stored binary property list is refused: \(reason)")
    }
}
