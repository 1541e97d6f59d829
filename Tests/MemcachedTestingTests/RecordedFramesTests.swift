import Foundation
import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import MemcachedTesting

/// Says to the engine what was said to memcached 1.6.18 when `Fixtures/frames` were recorded, and expects the same answers, byte
/// for byte.
@Suite(.fewAtATime) struct RecordedFramesTests {
    struct Options: Sendable, CustomStringConvertible {
        let file: String
        var change: @Sendable (inout EngineSettings) -> Void = { _ in }

        var description: String { file }
    }

    private static let files = [
        Options(file: "retrieval"),
        Options(file: "storage"),
        Options(file: "counters"),
        Options(file: "administration"),
        Options(file: "compare-and-swap"),
        Options(file: "expiration"),
        Options(file: "broken-frames"),
        Options(file: "small-items") { $0.itemSizeLimit = 1_024 },
        Options(file: "cas-off") { $0.isCASEnabled = false },
        Options(file: "flush-off") { $0.isFlushEnabled = false },
    ]

    /// Scenarios in which time passed before the last step, which the recording doesn't show.
    private static let patient: Set<String> = [
        "A lifetime of 1 s ends",
        "INCREMENT keeps an existing counter's expiration",
        "A delayed FLUSH kills what is written during the delay, too",
    ]

    /// The scenario in which the server was restarted before the second step.
    private static let restarted = "The CAS counter restarts with the server: an old CAS overwrites another's item"

    @Test(arguments: files)
    func `the engine answers as memcached was recorded`(options: Options) throws {
        let recording = try Recording.read(options.file)
        #expect(recording.server.hasPrefix("memcached 1.6.18"))
        #expect(!recording.scenarios.isEmpty)
        for scenario in recording.scenarios {
            try replay(scenario, options)
        }
    }

    private func replay(_ scenario: Recording.Scenario, _ options: Options) throws {
        var client = Conversation(options.change)
        for (index, step) in scenario.steps.enumerated() {
            if index == scenario.steps.count - 1, Self.patient.contains(scenario.claim) { client.wait(seconds: 3) }
            if index == 1, scenario.claim == Self.restarted { client = Conversation(options.change) }
            let expected = try step.server.map(Recording.bytes)
            let replies = try client.send(ByteBuffer(joining: step.client.map(Recording.bytes)))
            let seen = replies.filter { scenario.keeps($0) }.map { ByteBuffer(reply: $0) }
            #expect(
                seen.map(scenario.mask) == expected.map(scenario.mask),
                "\(scenario.claim), step \(index + 1): \(replies)"
            )
        }
        switch scenario.ending {
        case "the server closes": #expect(client.outcome == .close || client.outcome == .reset, "\(scenario.claim)")
        default: #expect(client.outcome == .needsBytes, "\(scenario.claim)")
        }
    }
}

private struct Recording: Decodable {
    struct Step: Decodable {
        var client: [String]
        var server: [String]
    }

    struct Scenario: Decodable {
        var claim: String
        var prepared: String?
        var masked: [String]
        var steps: [Step]
        var ending: String?
    }

    var server: String
    var scenarios: [Scenario]

    static func read(_ name: String) throws -> Recording {
        let file = URL(filePath: #filePath).appending(path: "../../../Fixtures/frames/\(name).json").standardized
        return try JSONDecoder().decode(Recording.self, from: Data(contentsOf: file))
    }

    /// A frame's bytes in hexadecimal, a repeated one as "78*400"; behind a # what they mean.
    static func bytes(_ line: String) throws -> ByteBuffer {
        var bytes = ByteBuffer()
        for field in line.prefix(while: { $0 != "#" }).split(separator: " ") {
            let parts = field.split(separator: "*")
            let count = parts.count == 2 ? try #require(Int(parts[1])) : 1
            for _ in 0..<count {
                bytes.writeImmutableBuffer(try ByteBuffer(plainHexEncodedBytes: String(parts[0])))
            }
        }
        return bytes
    }
}

extension Recording.Scenario {
    /// Of long statistics only a few were recorded: those that ``prepared`` names.
    func keeps(_ reply: Reply) -> Bool {
        let beginning = "Of the statistics only these are kept: "
        guard reply.opcode == .stat, reply.keyLength > 0, let prepared, prepared.hasPrefix(beginning) else {
            return true
        }
        let names = prepared.dropFirst(beginning.count).split(separator: ", ")
        return names.contains { $0 == String(buffer: reply.key) }
    }

    /// A reply with what may differ from run to run overwritten.
    func mask(_ reply: ByteBuffer) -> ByteBuffer {
        var reply = reply
        if masked.contains("cas"), reply.readableBytes >= FrameHeader.length { reply.setInteger(UInt64(0), at: 16) }
        guard
            masked.contains("values"),
            let keyLength = reply.getInteger(at: 2, as: UInt16.self),
            let extrasLength = reply.getInteger(at: 4, as: UInt8.self)
        else { return reply }
        let head = FrameHeader.length + Int(extrasLength) + Int(keyLength)
        let hasValue = reply.readableBytes > head
        reply.setInteger(UInt32(0), at: 8)
        reply.moveWriterIndex(to: head)
        reply.writeInteger(UInt8(hasValue ? 1 : 0))
        return reply
    }
}

extension ByteBuffer {
    fileprivate init(reply: Reply) {
        self.init()
        writeReply(reply)
    }

    fileprivate init(joining parts: [ByteBuffer]) {
        self.init()
        for part in parts {
            writeImmutableBuffer(part)
        }
    }
}
