import Crypto

/// A value that tells where it belongs: one that comes out under another key, or not as it went in, gives itself away.
struct Parcel: Codable, Sendable, Equatable {
    /// The key as the server knows it, prefix included.
    let owner: String
    /// Which of its writer's stores it is; a writer's numbers grow.
    let sequence: Int
    let filler: [UInt8]
    /// SHA-256 of all of that.
    let seal: [UInt8]

    init(owner: String, sequence: Int, filler: [UInt8]) {
        self.init(
            owner: owner,
            sequence: sequence,
            filler: filler,
            seal: Self.seal(owner: owner, sequence: sequence, filler: filler)
        )
    }

    /// A parcel as it was read, sealed rightly or not.
    init(owner: String, sequence: Int, filler: [UInt8], seal: [UInt8]) {
        self.owner = owner
        self.sequence = sequence
        self.filler = filler
        self.seal = seal
    }

    /// What is wrong with a parcel that was read under that key; nil where nothing is.
    func defect(under key: String) -> String? {
        guard seal == Self.seal(owner: owner, sequence: sequence, filler: filler) else {
            return "the value under '\(key)' doesn't match its checksum; it claims to be '\(owner)', number \(sequence)"
        }
        guard owner == key else { return "under '\(key)' came the value of '\(owner)', number \(sequence)" }
        return nil
    }

    private static func seal(owner: String, sequence: Int, filler: [UInt8]) -> [UInt8] {
        var hash = SHA256()
        hash.update(data: Array("\(owner.utf8.count) \(owner) \(sequence) ".utf8))
        hash.update(data: filler)
        return Array(hash.finalize())
    }
}

extension Parcel {
    /// The most filler that a parcel has, in bytes.
    static let largestFiller = 300_000

    /// A parcel with 0 bytes to 300 kB of filler: mostly little, some of it hard to compress.
    static func random(owner: String, sequence: Int, using generator: inout SeededGenerator) -> Parcel {
        let size =
            switch Int.random(in: 0..<100, using: &generator) {
            case 0..<10: 0
            case 10..<80: Int.random(in: 1...2_000, using: &generator)
            case 80..<98: Int.random(in: 2_000...20_000, using: &generator)
            default: Int.random(in: 20_000...largestFiller, using: &generator)
            }
        let period = Bool.random(using: &generator) ? 16 : 4_096
        let pattern = (0..<min(period, size)).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let filler = [UInt8](unsafeUninitializedCapacity: size) { bytes, count in
            for index in 0..<size { bytes.initializeElement(at: index, to: pattern[index % pattern.count]) }
            count = size
        }
        return Parcel(owner: owner, sequence: sequence, filler: filler)
    }
}

extension Parcel {
    private enum CodingKeys: String, CodingKey {
        case owner, sequence, filler, seal
    }

    /// Bytes as letters, two for each: arrays of numbers would take four times as much.
    func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(owner, forKey: .owner)
        try container.encode(sequence, forKey: .sequence)
        try container.encode(Letters.text(of: filler), forKey: .filler)
        try container.encode(Letters.text(of: seal), forKey: .seal)
    }

    init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        self.init(
            owner: try container.decode(String.self, forKey: .owner),
            sequence: try container.decode(Int.self, forKey: .sequence),
            filler: Letters.bytes(of: try container.decode(String.self, forKey: .filler)),
            seal: Letters.bytes(of: try container.decode(String.self, forKey: .seal))
        )
    }
}

/// Bytes as the letters a to p, one for each half.
private enum Letters {
    static func text(of bytes: [UInt8]) -> String {
        String(unsafeUninitializedCapacity: bytes.count * 2) { text in
            for (index, byte) in bytes.enumerated() {
                text[index * 2] = 97 + byte >> 4
                text[index * 2 + 1] = 97 + byte & 15
            }
            return bytes.count * 2
        }
    }

    /// Whatever the letters are: a wrong one gives wrong bytes, which the seal tells.
    static func bytes(of text: String) -> [UInt8] {
        let letters = Array(text.utf8)
        return (0..<letters.count / 2).map { (letters[$0 * 2] &- 97) << 4 | (letters[$0 * 2 + 1] &- 97) & 15 }
    }
}
