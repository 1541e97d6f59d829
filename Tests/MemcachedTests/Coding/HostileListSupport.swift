import Memcached
import NIOCore
import Testing

/// Decodes anything a property list can hold, with a recursion of its own.
indirect enum Anything: Codable {
    case array([Anything]), map([String: Anything]), text(String), number(Double), flag(Bool), other

    init(from decoder: any Decoder) throws {
        let container = try decoder.singleValueContainer()
        if let value = try? container.decode([String: Anything].self) {
            self = .map(value)
        } else if let value = try? container.decode([Anything].self) {
            self = .array(value)
        } else if let value = try? container.decode(String.self) {
            self = .text(value)
        } else if let value = try? container.decode(Double.self) {
            self = .number(value)
        } else if let value = try? container.decode(Bool.self) {
            self = .flag(value)
        } else {
            self = .other
        }
    }

    func encode(to encoder: any Encoder) throws {}
}

/// Expects that a list is refused before anything is decoded of it.
func expectRefusal(
    _ value: EncodedValue,
    because reason: String,
    sourceLocation: SourceLocation = #_sourceLocation
) {
    let format: PropertyListFormat = value.format == .binaryPropertyList ? .binary : .xml
    let error = expectCodecError(.refusedPropertyList, sourceLocation: sourceLocation) {
        try PropertyListCodec<Anything>.propertyList(format).decode(value)
    }
    #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
}

/// Damages a sound list at random, and decodes what is left of it: whatever comes of that, the process lives on.
func decodeDamagedLists(_ format: PropertyListFormat, seed: UInt64) throws {
    var random = CodingRandom(state: seed)
    let codec = PropertyListCodec<PropertyListCodecTests.Everything>.propertyList(format)
    let good = try codec.encode(PropertyListCodecTests.Everything())
    for _ in 0..<150 {
        var bytes = good.array
        for _ in 0..<Int.random(in: 1...4, using: &random) {
            let position = Int.random(in: 0..<bytes.count, using: &random)
            switch Int.random(in: 0..<4, using: &random) {
            case 0: bytes[position] = UInt8.random(in: 0...255, using: &random)
            case 1: bytes[position] ^= 1 << UInt8.random(in: 0..<8, using: &random)
            case 2: bytes.remove(at: position)
            default: bytes.insert(bytes[Int.random(in: 0..<bytes.count, using: &random)], at: position)
            }
        }
        _ = try? codec.decode(EncodedValue(bytes, good.format))
        _ = try? PropertyListCodec<Anything>.propertyList(format).decode(EncodedValue(bytes, good.format))
    }
}
