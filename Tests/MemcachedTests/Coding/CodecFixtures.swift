import Memcached
import NIOCore
import Testing

struct CodedProfile: Codable, Hashable, Sendable {
    var name: String
    var visits: Int
    var tags: [String] = []

    static let ada = CodedProfile(name: "Ada", visits: 3, tags: ["math", "poetry"])
}

/// A struct that nests as deep as one likes.
struct CodedTree: Codable, Hashable, Sendable {
    var branches: [CodedTree]

    static func chain(_ length: Int) -> CodedTree {
        (1..<length).reduce(CodedTree(branches: [])) { tree, _ in CodedTree(branches: [tree]) }
    }
}

extension EncodedValue {
    init(_ text: String, _ format: ValueFormat, _ compression: ValueCompression = .none) {
        self.init(bytes: ByteBuffer(string: text), format: format, compression: compression)
    }

    init(_ bytes: [UInt8], _ format: ValueFormat, _ compression: ValueCompression = .none) {
        self.init(bytes: ByteBuffer(bytes: bytes), format: format, compression: compression)
    }

    var string: String { String(buffer: bytes) }
    var array: [UInt8] { Array(bytes.readableBytesView) }
}

/// Expects an error of this code, and returns it for a look at its message.
@discardableResult
func expectCodecError<Result>(
    _ code: ValueCodecError.Code,
    sourceLocation: SourceLocation = #_sourceLocation,
    _ body: () throws -> Result
) -> ValueCodecError? {
    do {
        let result = try body()
        Issue.record("no error, but \(result)", sourceLocation: sourceLocation)
    } catch let error as ValueCodecError {
        #expect(error.code == code, "\(error)", sourceLocation: sourceLocation)
        return error
    } catch {
        Issue.record("an error of another type: \(error)", sourceLocation: sourceLocation)
    }
    return nil
}

/// A generator of the same numbers each time, so that a failure can be seen again.
struct CodingRandom: RandomNumberGenerator {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ (z >> 30)) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ (z >> 27)) &* 0x94d0_49bb_1331_11eb
        return z ^ (z >> 31)
    }
}
