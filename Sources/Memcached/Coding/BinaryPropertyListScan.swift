/// Looks over a binary property list before Foundation's decoder sees it, without recursion and trusting no number in
/// it.
///
/// The decoder follows references recursively, cycles and all; it decodes a shared object anew at each reference; and
/// it reads past the end of a UTF-16 string whose length lies.
///
/// The format: `bplist00`, objects, a table of the objects' offsets, and a trailer of 32 bytes that says where things
/// are.
struct BinaryPropertyListScan {
    private static let header = Array("bplist00".utf8)
    private static let trailerSize = 32

    private let bytes: UnsafeRawBufferPointer
    private let limits: PropertyListLimits
    private let offsetSize: Int
    private let referenceSize: Int
    private let objectCount: Int
    private let top: Int
    private let offsetTable: Int

    /// Throws unless the list is sound and within the limits.
    static func check(_ bytes: UnsafeRawBufferPointer, limits: PropertyListLimits) throws(ValueCodecError) {
        try BinaryPropertyListScan(bytes, limits: limits).walk()
    }

    private init(_ bytes: UnsafeRawBufferPointer, limits: PropertyListLimits) throws(ValueCodecError) {
        guard bytes.starts(with: Self.header) else {
            let isXML = bytes.prefix(256).contains(UInt8(ascii: "<"))
            throw Self.refusal(
                isXML ? "the bytes look like an XML property list, not a binary one" : "no binary property list"
            )
        }
        guard bytes.count >= Self.header.count + 1 + Self.trailerSize else { throw Self.refusal("it ends too early") }
        self.bytes = bytes
        self.limits = limits
        let trailer = bytes.count - Self.trailerSize
        offsetSize = Int(bytes[trailer + 6])
        referenceSize = Int(bytes[trailer + 7])
        guard (1...8).contains(offsetSize), (1...8).contains(referenceSize),
            let objectCount = Self.integer(in: bytes, at: trailer + 8, size: 8),
            let top = Self.integer(in: bytes, at: trailer + 16, size: 8),
            let offsetTable = Self.integer(in: bytes, at: trailer + 24, size: 8),
            objectCount >= 1, top < objectCount, offsetTable > Self.header.count, offsetTable < trailer
        else { throw Self.refusal("its trailer is malformed") }
        let (tableSize, overflows) = objectCount.multipliedReportingOverflow(by: offsetSize)
        guard !overflows, tableSize == trailer - offsetTable else { throw Self.refusal("its offset table doesn't fit") }
        self.objectCount = objectCount
        self.top = top
        self.offsetTable = offsetTable
    }

    private static func refusal(_ reason: String) -> ValueCodecError {
        ValueCodecError(.refusedPropertyList, "the stored binary property list is refused: \(reason)")
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
}

// MARK: - Objects

extension BinaryPropertyListScan {
    private enum Object {
        case string(bytes: Int)
        case other(bytes: Int)
        /// `keys` of the `count` references that begin at `start` are those of a dictionary's keys.
        case container(start: Int, count: Int, keys: Int)
    }

    private func object(_ index: Int) throws(ValueCodecError) -> Object {
        guard let offset = Self.integer(in: bytes, at: offsetTable + index * offsetSize, size: offsetSize),
            offset >= Self.header.count, offset < offsetTable
        else { throw Self.refusal("object \(index) lies outside the list") }
        let marker = bytes[offset]
        let low = marker & 0x0f
        switch marker >> 4 {
        case 0x0 where low == 0x8 || low == 0x9:
            return .other(bytes: 0)
        case 0x1 where low <= 4:
            return .other(bytes: try size(1 << Int(low), at: offset + 1))
        case 0x2 where low == 2 || low == 3:
            return .other(bytes: try size(1 << Int(low), at: offset + 1))
        case 0x3 where low == 3:
            return .other(bytes: try size(8, at: offset + 1))
        case 0x4:
            let (count, start) = try length(at: offset)
            return .other(bytes: try size(count, at: start))
        case 0x5:
            let (count, start) = try length(at: offset)
            return .string(bytes: try size(count, at: start))
        case 0x6:
            let (count, start) = try length(at: offset)
            return .string(bytes: try size(count, times: 2, at: start))
        case 0xa:
            let (count, start) = try length(at: offset)
            _ = try size(count, times: referenceSize, at: start)
            return .container(start: start, count: count, keys: 0)
        case 0xd:
            let (count, start) = try length(at: offset)
            _ = try size(count, times: 2 * referenceSize, at: start)
            return .container(start: start, count: 2 * count, keys: count)
        default:
            // Sets, UIDs and nulls have markers too, but no Codable value becomes one.
            throw Self.refusal("object \(index) is of an unknown kind")
        }
    }

    /// The length in an object's head, and where its contents begin.
    private func length(at offset: Int) throws(ValueCodecError) -> (count: Int, start: Int) {
        let short = Int(bytes[offset] & 0x0f)
        guard short == 0xf else { return (short, offset + 1) }
        guard offset + 1 < offsetTable, bytes[offset + 1] & 0xf0 == 0x10, bytes[offset + 1] & 0x0f <= 3,
            let count = Self.integer(in: bytes, at: offset + 2, size: 1 << Int(bytes[offset + 1] & 0x0f))
        else { throw Self.refusal("a length is malformed") }
        return (count, offset + 2 + (1 << Int(bytes[offset + 1] & 0x0f)))
    }

    /// The bytes of so many units, if they lie before the offset table.
    private func size(_ count: Int, times unit: Int = 1, at start: Int) throws(ValueCodecError) -> Int {
        let (size, overflows) = count.multipliedReportingOverflow(by: unit)
        guard !overflows, size >= 0, size <= offsetTable - start else {
            throw Self.refusal("an object overruns the list")
        }
        return size
    }
}

// MARK: - The walk

extension BinaryPropertyListScan {
    /// What an object comes to with all that it refers to. Sums stick at their greatest value rather than overflow.
    private struct Extent {
        var isOpen = false
        var isString = false
        var height: UInt16 = 0
        var objects: UInt32 = 0
        var bytes: UInt32 = 0

        var isKnown: Bool { objects > 0 }

        mutating func add(_ other: Extent) {
            height = max(height, other.height)
            let (objects, objectsOverflow) = objects.addingReportingOverflow(other.objects)
            self.objects = objectsOverflow ? .max : objects
            let (bytes, bytesOverflow) = bytes.addingReportingOverflow(other.bytes)
            self.bytes = bytesOverflow ? .max : bytes
        }
    }

    private struct Frame {
        let object: Int
        let start: Int
        let count: Int
        let keys: Int
        var next = 0
        var extent = Extent(objects: 1)
    }

    /// Visits each array and dictionary once, depth first, its children before its sum.
    private func walk() throws(ValueCodecError) {
        var extents = [Extent](repeating: Extent(), count: objectCount)
        var path: [Frame] = []
        try visit(top, isKey: false, extents: &extents, path: &path)
        while let last = path.indices.last {
            guard path[last].next < path[last].count else {
                let frame = path.removeLast()
                extents[frame.object] = frame.extent
                extents[frame.object].height += 1
                try add(extents[frame.object], to: &path)
                continue
            }
            let place = path[last].start + path[last].next * referenceSize
            guard let child = Self.integer(in: bytes, at: place, size: referenceSize), child < objectCount else {
                throw Self.refusal("a reference points to no object")
            }
            let isKey = path[last].next < path[last].keys
            path[last].next += 1
            try visit(child, isKey: isKey, extents: &extents, path: &path)
        }
    }

    private func visit(
        _ index: Int,
        isKey: Bool,
        extents: inout [Extent],
        path: inout [Frame]
    ) throws(ValueCodecError) {
        guard !extents[index].isOpen else { throw Self.refusal("an object contains itself") }
        if !extents[index].isKnown {
            switch try object(index) {
            case .string(let bytes):
                extents[index] = Extent(isString: true, objects: 1, bytes: UInt32(clamping: bytes))
            case .other(let bytes):
                extents[index] = Extent(objects: 1, bytes: UInt32(clamping: bytes))
            case .container(let start, let count, let keys):
                guard !isKey else { break }
                guard path.count < limits.depth else { throw tooDeep }
                extents[index].isOpen = true
                path.append(Frame(object: index, start: start, count: count, keys: keys))
                return
            }
        }
        guard !isKey || extents[index].isString else { throw Self.refusal("a dictionary has a key that is no string") }
        try add(extents[index], to: &path)
    }

    /// Adds an object to the one that refers to it.
    private func add(_ extent: Extent, to path: inout [Frame]) throws(ValueCodecError) {
        guard let last = path.indices.last else { return }
        guard path.count + Int(extent.height) <= limits.depth else { throw tooDeep }
        path[last].extent.add(extent)
        guard Int(clamping: path[last].extent.objects) <= max(limits.objects, bytes.count) else {
            throw Self.refusal("it expands to more than \(limits.objects) objects")
        }
        guard Int(clamping: path[last].extent.bytes) <= max(limits.bytes, bytes.count) else {
            throw Self.refusal("its strings and data expand to more than \(limits.bytes) bytes")
        }
    }

    private var tooDeep: ValueCodecError {
        Self.refusal("it is nested more than \(limits.depth) levels deep")
    }
}
