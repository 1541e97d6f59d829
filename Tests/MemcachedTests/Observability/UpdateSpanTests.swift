import InMemoryTracing
import MemcachedFraming
import NIOCore
import TestSupport
import Testing
import Tracing

@testable import Memcached

@Suite(.fewAtATime) struct UpdateSpanTests {
    private struct Refusal: Error {}

    private let listeners = Listeners()

    /// Begins an update of the text under `texts:a`; what it came to.
    private func update(
        _ fleet: Fleet,
        _ change: @escaping @Sendable (inout String) async throws -> Void = { $0 += "!" }
    ) -> Call<String> {
        fleet.call { client in
            let texts = MemcachedDict<String>(client, keyPrefix: "texts", codec: .text())
            do {
                return try await texts.update(forKey: "a", change) ?? "missing"
            } catch {
                return (error as? MemcachedError).map { "\($0.code)" } ?? "\(error)"
            }
        }
    }

    private func answerGet(_ wire: Wire) throws {
        for frame in try wire.requests() {
            try wire.reply(
                Reply(opcode: .get, opaque: frame.header.opaque, cas: 7, flags: 0, value: ByteBuffer(string: "v"))
            )
        }
    }

    @Test func `an update is a span that holds those of its attempts`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = update(fleet)
        try answerGet(wire)
        try wire.answer(wire.requests(), .keyExists)
        fleet.advance(.milliseconds(50))
        try answerGet(wire)
        try wire.answer(wire.requests())
        #expect(call.value == "v!")
        let spans = listeners.spans
        #expect(
            spans.map(\.operationName)
                == [
                    "GET cache-1:11211", "CAS cache-1:11211", "GET cache-1:11211", "CAS cache-1:11211", "update",
                ]
        )
        let update = try #require(spans.last)
        #expect(update.kind == .internal)
        #expect(
            update.texts == [
                "db.system.name": "memcached", "memcached.client.update.attempts": "2",
                "memcached.client.update.conflicts": "1",
            ]
        )
        #expect(update.status == nil)
        #expect(spans.dropLast().allSatisfy { $0.parentSpanID == update.spanID })
        #expect(try listeners.total(.conflicts) == 1)
    }

    @Test func `an update of nothing is no error`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = update(fleet)
        try wire.answer(wire.requests(), .keyNotFound)
        #expect(call.value == "missing")
        let span = try #require(listeners.spans.last)
        #expect(span.operationName == "update")
        #expect(span.status == nil)
        #expect(span.texts["error.type"] == nil)
    }

    @Test func `an update that fails has its error`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = update(fleet)
        try wire.answer(wire.requests(), .busy)
        #expect(call.value == "refused")
        let span = try #require(listeners.spans.last)
        #expect(span.texts["error.type"] == "refused")
        #expect(span.status?.code == .error)
        #expect(!"\(span.errors)".contains("texts:a"))
    }

    @Test func `of an error of the change only the type is told`() throws {
        let fleet = try listeners.fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = update(fleet) { _ in throw Refusal() }
        try answerGet(wire)
        #expect(call.value == "Refusal()")
        let span = try #require(listeners.spans.last)
        #expect(span.texts["error.type"] == "Refusal")
        #expect(span.status?.code == .error)
        #expect(span.errors.isEmpty)
    }
}
