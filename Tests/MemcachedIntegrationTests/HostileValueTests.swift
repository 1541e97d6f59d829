import Memcached
import MemcachedFraming
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

/// Values that other writers, or whoever owns the server, may have stored: through the whole of a dictionary's read.
@Suite("Hostile values", .fewAtATime, .timeLimit(.minutes(60)))
struct HostileValueTests {
    private struct Tree: Codable, Sendable {
        var branches: [Tree]?
    }

    /// The codec error underneath what reading such an item throws, by value and in a batch.
    private func refusal(
        of value: EncodedValue,
        by codec: any ValueCodec<Tree>
    ) async throws -> ValueCodecError.Code? {
        var configuration = MemcachedTestServer.Configuration()
        configuration.itemSizeLimit = 4 << 20
        var code: ValueCodecError.Code?
        try await withMemcachedTestServer(configuration) { server in
            try await withClient(of: [server.address]) { client in
                let (flags, bytes) = try FlagsConvention.native.pack(value)
                try await client.set("trees:deep", to: bytes, flags: flags)
                let trees = MemcachedDict<Tree>(client, keyPrefix: "trees", codec: codec)
                // A task of its own, on the small stack of the pool's threads.
                let task = Task.detached { await #expect(throws: MemcachedError.self) { try await trees["deep"] } }
                let single = await task.value
                #expect(single?.code == .undecodable)
                #expect(single?.key == "trees:deep")
                let batch = await trees.results(forKeys: ["deep", "missing"])
                #expect(throws: MemcachedError.self) { try batch["deep"]?.get() }
                #expect(try batch["missing"]?.get() == nil)
                code = (single?.cause as? ValueCodecError)?.code
            }
        }
        return code
    }

    @Test(arguments: ["[", #"{"branches":["#])
    func `JSON of 100,000 levels is refused`(level: String) async throws {
        let text = String(repeating: level, count: 100_000)
        let value = EncodedValue(bytes: ByteBuffer(string: text), format: .json)
        #expect(try await refusal(of: value, by: .json()) == .nestedTooDeeply)
    }

    @Test func `XML of 100,000 levels is refused`() async throws {
        let levels = (1...100_000).map { _ in "<array>" } + (1...100_000).map { _ in "</array>" }
        let text = "<plist>" + levels.joined() + "</plist>"
        let value = EncodedValue(bytes: ByteBuffer(string: text), format: .xmlPropertyList)
        #expect(try await refusal(of: value, by: .propertyList(.xml)) == .refusedPropertyList)
    }

    @Test func `a compressed bomb is refused`() async throws {
        let size = EncodedValue.defaultInflationLimit + 1
        let writer = BytesCodec.bytes().compressed(above: 0, inflationLimit: size)
        var value = try writer.encode(ByteBuffer(repeating: UInt8(ascii: "["), count: size))
        value.format = .json
        #expect(try await refusal(of: value, by: .json().compressed(above: 0)) == .tooLarge)
    }
}
