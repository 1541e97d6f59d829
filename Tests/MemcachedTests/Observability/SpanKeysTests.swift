import InMemoryTracing
import MemcachedFraming
import NIOCore
import TestSupport
import Testing
import Tracing

@testable import Memcached

@Suite(.fewAtATime) struct SpanKeysTests {
    private let listeners = Listeners()

    /// All that the spans tell, of a call that succeeds, one that fails, a batch, and one that fails.
    private func told(configure: (inout ClientConfiguration) -> Void) throws -> String {
        let fleet = try listeners.fleet(configure: configure)
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let hit = fleet.get("ada-1")
        try wire.answer(wire.requests())
        #expect(hit.outcome == "value of ada-1")
        let refused = fleet.set("ada-2")
        try wire.answer(wire.requests(), .outOfMemory)
        #expect(refused.value == "outOfMemory")
        let batch = fleet.getMany(["ada-3", "ada-4"])
        try wire.answerBatch(wire.requests(), hits: [])
        #expect(batch.value == ["miss", "miss"])
        let failing = fleet.getMany(["ada-5", "ada-6"])
        try wire.answerBatch(wire.requests(), hits: [], others: .busy)
        #expect(failing.value == ["refused", "refused"])
        let late = fleet.get("ada-7", timeout: .milliseconds(1))
        fleet.advance(.milliseconds(1))
        #expect(late.outcome == "timedOut")
        #expect(listeners.spans.count == 5)
        return listeners.spans.map { span in
            "\(span.operationName) \(span.texts) \(span.status?.message ?? "") \(span.errors.map { "\($0.error)" })"
        }.joined(separator: "\n")
    }

    @Test func `no span names a key, and neither do its errors`() throws {
        #expect(try !told { _ in }.contains("ada"))
    }

    @Test func `where asked to, spans name keys and values never`() throws {
        let told = try told { $0.observability.spansShowKeys = true }
        for number in 1...7 { #expect(told.contains("ada-\(number)"), "\(number)") }
        #expect(!told.contains("value of"))
        #expect(listeners.spans[0].texts["db.operation.parameter.key"] == "ada-1")
        #expect(listeners.spans[2].texts["db.operation.parameter.keys"] == "ada-3 ada-4")
        #expect((listeners.spans[4].errors.first?.error as? MemcachedError)?.key == "ada-7")
    }

    @Test func `with redactsKeysAndValues they name none, though asked to`() throws {
        let told = try told {
            $0.redactsKeysAndValues = true
            $0.observability.spansShowKeys = true
        }
        #expect(!told.contains("ada"))
        #expect(listeners.spans[0].texts["db.operation.parameter.key"] == nil)
    }

    @Test func `of a large batch the first hundred keys are named`() throws {
        let fleet = try listeners.fleet { $0.observability.spansShowKeys = true }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let keys = (0..<300).map { "key-\($0)" }
        let call = fleet.getMany(keys)
        try wire.answerBatch(wire.requests(), hits: [])
        #expect(call.value?.count == 300)
        let texts = try #require(listeners.spans.first).texts
        #expect(texts["db.operation.batch.size"] == "300")
        #expect(texts["db.operation.parameter.keys"] == keys.prefix(100).joined(separator: " "))
    }
}
