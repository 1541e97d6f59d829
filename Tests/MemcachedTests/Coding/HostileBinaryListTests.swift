import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("Hostile binary property lists", .fewAtATime)
struct HostileBinaryListTests {
    private let binary = PropertyListCodec<Anything>.propertyList()

    @Test("The builder's lists are sound: a shared object, a dictionary, numbers")
    func builder() throws {
        var list = BinaryList()
        list.addArray([1, 2, 2])
        list.addDictionary([(2, 3)])
        list.addString("key")
        list.add([0x10, 7])
        guard case .array(let elements) = try binary.decode(list.encoded), case .map(let map) = elements.first else {
            Issue.record("no array with a dictionary first")
            return
        }
        #expect(elements.count == 3)
        #expect(map.keys.sorted() == ["key"])
    }

    @Test("An integer of more than 64 bits is refused, of which Foundation reads the lower half")
    func wideIntegers() throws {
        func list(_ upper: [UInt8], _ lower: [UInt8]) -> EncodedValue {
            var list = BinaryList()
            list.addArray([1])
            list.add([0x14] + upper + lower)
            return list.encoded
        }
        let (zero, ones) = ([UInt8](repeating: 0, count: 8), [UInt8](repeating: 255, count: 8))
        let numbers = PropertyListCodec<[UInt64]>.propertyList()
        #expect(try numbers.decode(list(zero, ones)) == [.max])
        #expect(try numbers.decode(try numbers.encode([.max, 1 << 63])) == [.max, 1 << 63])
        for upper in [ones, [0, 0, 0, 16, 0, 0, 0, 0], [0, 0, 0, 0, 0, 0, 0, 1]] {
            expectRefusal(list(upper, [0, 0, 0, 0, 0, 0, 0, 5]), because: "an integer has more than 64 bits")
        }
    }

    @Test(
        "Half a surrogate pair is refused",
        arguments: [[0xd800], [0xdc00], [0xd800, 0x41], [0x41, 0xdc00], [0xd800, 0xd800, 0xdc00], [0xdc00, 0xd800]]
            as [[UInt16]]
    )
    func surrogates(units: [UInt16]) throws {
        func list(_ units: [UInt16]) -> EncodedValue {
            var list = BinaryList()
            list.addArray([1])
            list.add(BinaryList.head(0x6, units.count) + units.flatMap { [UInt8($0 >> 8), UInt8($0 & 0xff)] })
            return list.encoded
        }
        expectRefusal(list(units), because: "a string is no UTF-16")
        let whole = "é\u{1F600}\u{FFFD}\u{D7FF}\u{E000}x\u{10FFFF}"
        #expect(try PropertyListCodec<[String]>.propertyList().decode(list(Array(whole.utf16))) == [whole])
    }

    @Test("Arrays nested 512 deep are accepted and 513 refused")
    func nesting() throws {
        for (depth, isAllowed) in [(512, true), (513, false), (100_000, false)] {
            var list = BinaryList()
            list.referenceSize = 4
            for level in 1..<depth { list.addArray([level]) }
            list.addArray([])
            if isAllowed {
                // What comes out doesn't fit the type, but it passed the scan.
                expectCodecError(.typeMismatch) {
                    try PropertyListCodec<[CodedProfile]>.propertyList().decode(list.encoded)
                }
            } else {
                expectRefusal(list.encoded, because: "nested more than 512 levels")
            }
        }
    }

    @Test("A list under a limit of depth, objects or bytes that the user set is accepted, one over it refused")
    func configuredLimits() throws {
        let value = try PropertyListCodec<[[String]]>.propertyList().encode([["abcdefgh"], ["abcdefgh"]])
        let read: (PropertyListLimits) throws -> [[String]] = {
            try PropertyListCodec<[[String]]>.propertyList(limits: $0).decode(value)
        }
        #expect(try read(PropertyListLimits(depth: 2)).count == 2)
        expectCodecError(.refusedPropertyList) { try read(PropertyListLimits(depth: 1)) }
        #expect(PropertyListLimits(depth: 10_000).depth == 512)
        #expect(
            PropertyListLimits(depth: -1, objects: -1, bytes: -1) == PropertyListLimits(depth: 0, objects: 0, bytes: 0)
        )
        // Five objects and sixteen bytes in a list of more bytes than that pass any limit.
        #expect(try read(PropertyListLimits(objects: 0, bytes: 0)).count == 2)
    }

    @Test("An object that contains itself, at once or by detours, is refused")
    func cycles() {
        var own = BinaryList()
        own.addArray([0])
        expectRefusal(own.encoded, because: "contains itself")

        var detour = BinaryList()
        detour.addArray([1])
        detour.addDictionary([(3, 2)])
        detour.addArray([1])
        detour.addString("key")
        expectRefusal(detour.encoded, because: "contains itself")

        var late = BinaryList()
        late.addArray(Array(repeating: 1, count: 100) + [2])
        late.addString("text")
        late.addArray([1, 0])
        expectRefusal(late.encoded, because: "contains itself")
    }

    @Test("An object shared without a cycle is accepted")
    func sharing() throws {
        var list = BinaryList()
        list.addArray([1, 1, 2])
        list.addArray([3])
        list.addArray([1, 3])
        list.addString("text")
        guard case .array(let elements) = try binary.decode(list.encoded) else {
            Issue.record("no array")
            return
        }
        #expect(elements.count == 3)
    }

    @Test("A few hundred bytes that stand for billions of objects are refused, and not visited")
    func billionLaughs() {
        var list = BinaryList()
        for level in 0..<40 { list.addArray(Array(repeating: level + 1, count: 10)) }
        list.addString("ha")
        // 10^40 objects: who visited them would not come back.
        expectRefusal(list.encoded, because: "expands to more than 1000000 objects")

        var wide = BinaryList()
        wide.addArray(Array(repeating: 1, count: 30_000))
        wide.addArray(Array(repeating: 2, count: 30_000))
        wide.addString("ha")
        expectRefusal(wide.encoded, because: "expands to more than 1000000 objects")
    }

    @Test("A long string shared a thousand times is refused")
    func sharedBytes() {
        var list = BinaryList()
        list.addArray(Array(repeating: 1, count: 2_000))
        list.addString(String(repeating: "a", count: 100_000))
        expectRefusal(list.encoded, because: "expand to more than 67108864 bytes")
    }

    @Test("Strings that lie over one another are not read again and again")
    func overlappingStrings() {
        // Each level has a string of its own, and the last one is no list.
        var list = BinaryList()
        list.addArray([3, 1])
        list.addArray([4, 2])
        list.add([0x70])
        list.add(BinaryList.head(0x6, 50_000) + [UInt8](repeating: 0, count: 100_000))
        list.places[4] = 3
        list.add([])
        let codec = PropertyListCodec<[String]>.propertyList(limits: PropertyListLimits(bytes: 0))
        let error = #expect(throws: ValueCodecError.self) { try codec.decode(list.encoded) }
        #expect(error?.message.contains("expand to more than") == true, "\(error?.message ?? "")")
    }

    @Test("Depth behind a shared object counts too")
    func sharedDepth() {
        // 1 ... 300 is a chain that the first element of the top visits; the second reaches it through 300 more.
        var list = BinaryList()
        list.addArray([1, 301])
        for level in 1..<300 { list.addArray([level + 1]) }
        list.addArray([])
        for level in 301..<600 { list.addArray([level + 1]) }
        list.addArray([1])
        expectRefusal(list.encoded, because: "nested more than 512 levels")
    }

    @Test("Strings and data whose lengths lie are refused, UTF-16 above all")
    func lyingLengths() {
        let lies: [[UInt8]] = [
            [0x6f, 0x10, 40] + Array(repeating: 65, count: 60), [0x5f, 0x10, 200, 65], [0x4f, 0x10, 200, 65],
            [0x5f, 0x13, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x6f, 0x13, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0x5f, 0x1f, 1], [0x5f, 0x14] + Array(repeating: 0, count: 16), [0x5f], [0x5f, 0x10], [0x5f, 0x50, 1],
            [0xaf, 0x13, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0xdf, 0x13, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
            [0xd1, 0, 0], [0x13, 0, 0], [0x23, 0, 0], [0x33, 0], [0x14, 0],
        ]
        for lie in lies {
            var list = BinaryList()
            list.addArray([1])
            list.add(lie)
            expectRefusal(list.encoded, because: "refused")
        }
    }

    @Test(
        "Kinds of objects that no Codable value becomes are refused",
        arguments: [0x00, 0x0f, 0x15, 0x20, 0x34, 0x70, 0x80, 0xc0, 0xe0, 0xf0]
    )
    func unknownKinds(marker: UInt8) {
        var list = BinaryList()
        list.addArray([1])
        list.add([marker] + Array(repeating: 0, count: 40))
        expectRefusal(list.encoded, because: "unknown kind")
    }

    @Test("Keys that are no strings are refused, containers among them")
    func keys() {
        for key: [UInt8] in [[0x10, 1], [0x09], [0xa0], [0xd0]] {
            var list = BinaryList()
            list.addDictionary([(1, 1)])
            list.add(key)
            expectRefusal(list.encoded, because: "no string")
        }
    }

    @Test("References and offsets that point nowhere are refused")
    func dangling() {
        var list = BinaryList()
        list.addArray([1])
        expectRefusal(list.encoded, because: "points to no object")

        var bytes = list.encoded.array
        bytes[bytes.count - 33] = 0xff  // the top object's offset
        expectRefusal(EncodedValue(bytes, .binaryPropertyList), because: "outside the list")
        bytes[bytes.count - 33] = 7
        expectRefusal(EncodedValue(bytes, .binaryPropertyList), because: "outside the list")
    }

    @Test("A list that claims more objects than it has bytes or offsets for is refused, before they are counted")
    func absurdCounts() {
        // 10,000 objects that are all the same byte.
        var shared = Array("bplist00".utf8) + [0xa0]
        let table = shared.count
        for _ in 0..<10_000 { shared += [0, 8] }
        // As many as there are bytes, numbered by one byte each.
        var narrow = Array("bplist00".utf8) + Array(repeating: 0xa0, count: 10_000)
        let narrowTable = narrow.count
        narrow += Array(repeating: 8, count: 10_000)
        for (bytes, table, offsetSize) in [(shared, table, 2), (narrow, narrowTable, 1)] {
            var bytes = bytes + [0, 0, 0, 0, 0, 0, UInt8(offsetSize), 2]
            for number in [10_000, 0, table] {
                bytes += (0..<8).reversed().map { UInt8(truncatingIfNeeded: number >> (8 * $0)) }
            }
            expectRefusal(EncodedValue(bytes, .binaryPropertyList), because: "more objects than room")
        }
    }

    @Test("No value of any byte of the trailer brings the decoder down")
    func trailer() throws {
        var list = BinaryList()
        list.addArray([1, 2])
        list.addDictionary([(2, 3)])
        list.addString("key")
        list.add([0x10, 7])
        let good = list.encoded.array
        for position in (good.count - 40)..<good.count {
            for byte in UInt8.min...UInt8.max {
                var bytes = good
                bytes[position] = byte
                _ = try? binary.decode(EncodedValue(bytes, .binaryPropertyList))
            }
        }
        for count in 0..<good.count {
            expectRefusal(EncodedValue(Array(good.prefix(count)), .binaryPropertyList), because: "refused")
        }
    }

    @Test("Random damage never brings the decoder down", arguments: [UInt64(1), 2, 3, 4])
    func fuzz(seed: UInt64) throws {
        try decodeDamagedLists(.binary, seed: seed)
    }
}
