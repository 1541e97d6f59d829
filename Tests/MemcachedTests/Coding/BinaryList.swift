import Memcached

/// Builds binary property lists that no encoder would write.
struct BinaryList {
    var objects: [[UInt8]] = []
    /// Objects that lie where an earlier one does, by their numbers.
    var places: [Int: Int] = [:]
    var top = 0
    var referenceSize = 2
    var offsetSize = 4

    func reference(_ index: Int) -> [UInt8] {
        (0..<referenceSize).reversed().map { UInt8(truncatingIfNeeded: index >> (8 * $0)) }
    }

    static func head(_ kind: UInt8, _ count: Int) -> [UInt8] {
        count < 15
            ? [kind << 4 | UInt8(count)]
            : [kind << 4 | 0xf, 0x12] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: count >> (8 * $0)) }
    }

    mutating func add(_ object: [UInt8]) {
        objects.append(object)
    }

    mutating func addArray(_ references: [Int]) {
        add(Self.head(0xa, references.count) + references.flatMap(reference))
    }

    mutating func addDictionary(_ pairs: [(Int, Int)]) {
        add(Self.head(0xd, pairs.count) + pairs.flatMap { reference($0.0) } + pairs.flatMap { reference($0.1) })
    }

    mutating func addString(_ text: String) {
        add(Self.head(0x5, text.utf8.count) + Array(text.utf8))
    }

    var encoded: EncodedValue {
        var bytes = Array("bplist00".utf8)
        var offsets: [Int] = []
        for (number, object) in objects.enumerated() {
            offsets.append(places[number].map { offsets[$0] } ?? bytes.count)
            bytes += object
        }
        let table = bytes.count
        for offset in offsets {
            bytes += (0..<offsetSize).reversed().map { UInt8(truncatingIfNeeded: offset >> (8 * $0)) }
        }
        bytes += [0, 0, 0, 0, 0, 0, UInt8(offsetSize), UInt8(referenceSize)]
        for number in [objects.count, top, table] {
            bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
        }
        return EncodedValue(bytes, .binaryPropertyList)
    }
}
