import MemcachedFraming
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

/// Says the same random commands to a real memcached and to `MemcachedTestServer`, and expects the same answers, CAS values
/// included.
@Suite("The test server's parity with memcached", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct TestServerParityTests {
    private static let seeds: Range<UInt64> = 0..<25
    private static let stepsPerSeed = 150
    /// The thread that sorts items by use holds some for a moment, and a counter that gets shorter is then not padded.
    private static let undisturbed = ["-o", "no_lru_maintainer"]

    @Test("It answers as memcached does")
    func ordinary() async throws {
        try await compare([], CommandMix())
    }

    @Test("It answers as memcached -C does")
    func withoutCAS() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.isCASEnabled = false
        // Without CAS a FLUSH also kills what is stored after it in the same second, and the two clocks don't tick together.
        try await compare(["-C"], CommandMix(flushes: false), configuration)
    }

    @Test("It answers as memcached -F does")
    func withoutFlush() async throws {
        var configuration = MemcachedTestServer.Configuration()
        configuration.isFlushEnabled = false
        try await compare(["-F"], CommandMix(), configuration)
    }

    @Test("It answers broken frames as memcached does", arguments: seeds)
    func broken(seed: UInt64) async throws {
        var random = SplitMixGenerator(seed: seed)
        var stream = ByteBuffer()
        stream.writeCommand(.set, extras: [0, 0], key: "a", value: ByteBuffer(string: "one"))
        stream.writeCommand(.noop)
        stream.writeBrokenFrame(&random)
        try await MemcachedProcess.withMemcached { memcached in
            try await withMemcachedTestServer { server in
                let expected = try await lastWords(of: memcached.socketAddress, to: stream)
                let seen = try await lastWords(of: server.socketAddress, to: stream)
                #expect(seen == expected, "seed \(seed)")
            }
        }
    }

    /// All that a server answers until it closes, which it does when it has read everything.
    private func lastWords(of address: SocketAddress, to stream: ByteBuffer) async throws -> ByteBuffer {
        let connection = try await RawConnection.connect(to: address)
        try await connection.send(stream)
        try? await connection.finishSending()
        var all = ByteBuffer()
        while let some = try await connection.receive() {
            all.writeImmutableBuffer(some)
        }
        return all
    }

    private func compare(
        _ arguments: [String],
        _ mix: CommandMix,
        _ configuration: MemcachedTestServer.Configuration = .init()
    ) async throws {
        var configuration = configuration
        configuration.clock = .wall
        for seed in Self.seeds {
            let difference = try await difference(arguments + Self.undisturbed, mix, configuration, seed: seed)
            #expect(difference == nil, "seed \(seed)")
        }
    }

    /// The first command that two fresh servers answer differently, in words.
    private func difference(
        _ arguments: [String],
        _ mix: CommandMix,
        _ configuration: MemcachedTestServer.Configuration,
        seed: UInt64
    ) async throws -> String? {
        try await MemcachedProcess.withMemcached(arguments) { memcached in
            try await withMemcachedTestServer(configuration) { server in
                let real = try await Dialogue(memcached.socketAddress)
                let ours = try await Dialogue(server.socketAddress)
                var random = SplitMixGenerator(seed: seed)
                var answer: String?
                for step in 0..<Self.stepsPerSeed where answer == nil {
                    let frame = mix.next(&random, opaque: UInt32(step))
                    let (expected, seen) = try await (real.ask(frame), ours.ask(frame))
                    if expected != seen { answer = "step \(step), \(frame): memcached \(expected), ours \(seen)" }
                }
                await real.close()
                await ours.close()
                return answer
            }
        }
    }
}

/// A connection on which each command is answered before the next is sent.
private final class Dialogue {
    private static let end: UInt32 = 0xEEEE_EEEE

    private let connection: RawConnection
    private var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 4 << 20)

    init(_ address: SocketAddress) async throws {
        connection = try await RawConnection.connect(to: address, closingAfter: .seconds(60))
    }

    /// The replies to a command. A NOOP behind it shows where they end.
    func ask(_ frame: ByteBuffer) async throws -> [Frame] {
        var stream = frame
        stream.writeCommand(.noop, opaque: Self.end)
        try await connection.send(stream)
        var replies: [Frame] = []
        while true {
            while let reply = try decoder.next() {
                if reply.header.opcode == .noop, reply.header.opaque == Self.end { return replies }
                replies.append(reply)
            }
            guard let bytes = try await connection.receive() else {
                throw MemcachedFailure("the server closed after \(replies)")
            }
            decoder.append(bytes)
        }
    }

    func close() async {
        await connection.close()
    }
}

extension MemcachedTestServer {
    fileprivate var socketAddress: SocketAddress {
        get throws {
            try SocketAddress(ipAddress: "127.0.0.1", port: port ?? 0)
        }
    }
}
