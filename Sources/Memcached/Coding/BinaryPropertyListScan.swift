/// Looks over a binary property list before Foundation's decoder sees it, without recursion and trusting no number in
/// it.
///
/// The decoder follows references recursively, cycles and all; it decodes a shared object anew at each reference; and
/// it reads past the end of a UTF-16 string whose length lies.
struct BinaryPropertyListScan {
    private let list: BinaryPropertyList
    private let byteCount: Int
    private let limits: PropertyListLimits

    /// Throws unless the list is sound and within the limits.
    static func check(_ bytes: UnsafeRawBufferPointer, limits: PropertyListLimits) throws(ValueCodecError) {
        let list = try BinaryPropertyList(bytes)
        try BinaryPropertyListScan(list: list, byteCount: bytes.count, limits: limits).walk()
    }

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
        let references: BinaryPropertyList.References
        let keys: Int
        var next = 0
        var extent = Extent(objects: 1)
    }

    /// Visits each array and dictionary once, depth first, its children before its sum.
    private func walk() throws(ValueCodecError) {
        var extents = [Extent](repeating: Extent(), count: list.objectCount)
        var path: [Frame] = []
        var read = 0
        try visit(list.top, isKey: false, extents: &extents, path: &path, read: &read)
        while let last = path.indices.last {
            guard path[last].next < path[last].references.count else {
                let frame = path.removeLast()
                extents[frame.object] = frame.extent
                extents[frame.object].height += 1
                try add(extents[frame.object], to: &path)
                continue
            }
            let child = try list.reference(path[last].next, of: path[last].references)
            let isKey = path[last].next < path[last].keys
            path[last].next += 1
            try visit(child, isKey: isKey, extents: &extents, path: &path, read: &read)
        }
    }

    /// - Parameter read: how many bytes of strings have been looked at. Strings may lie over one another, so that a short list can have far
    ///   more of them than bytes.
    private func visit(
        _ index: Int,
        isKey: Bool,
        extents: inout [Extent],
        path: inout [Frame],
        read: inout Int
    ) throws(ValueCodecError) {
        guard !extents[index].isOpen else { throw .refusedBinaryPropertyList("an object contains itself") }
        if !extents[index].isKnown {
            switch try list.object(index) {
            case .string(let characters, let bytes):
                if case .utf16(let units) = characters {
                    read += bytes
                    guard read <= byteLimit else { throw tooManyBytes }
                    try list.check(units)
                }
                extents[index] = Extent(isString: true, objects: 1, bytes: UInt32(clamping: bytes))
            case .other(let bytes):
                extents[index] = Extent(objects: 1, bytes: UInt32(clamping: bytes))
            case .container(let references, let keys):
                guard !isKey else { break }
                guard path.count < limits.depth else { throw tooDeep }
                extents[index].isOpen = true
                path.append(Frame(object: index, references: references, keys: keys))
                return
            }
        }
        guard !isKey || extents[index].isString else {
            throw .refusedBinaryPropertyList("a dictionary has a key that is no string")
        }
        try add(extents[index], to: &path)
    }

    /// Adds an object to the one that refers to it.
    private func add(_ extent: Extent, to path: inout [Frame]) throws(ValueCodecError) {
        guard let last = path.indices.last else { return }
        guard path.count + Int(extent.height) <= limits.depth else { throw tooDeep }
        path[last].extent.add(extent)
        guard Int(clamping: path[last].extent.objects) <= max(limits.objects, byteCount) else {
            throw .refusedBinaryPropertyList("it expands to more than \(limits.objects) objects")
        }
        guard Int(clamping: path[last].extent.bytes) <= byteLimit else { throw tooManyBytes }
    }

    private var byteLimit: Int { max(limits.bytes, byteCount) }

    private var tooManyBytes: ValueCodecError {
        .refusedBinaryPropertyList("its strings and data expand to more than \(limits.bytes) bytes")
    }

    private var tooDeep: ValueCodecError {
        .refusedBinaryPropertyList("it is nested more than \(limits.depth) levels deep")
    }
}
