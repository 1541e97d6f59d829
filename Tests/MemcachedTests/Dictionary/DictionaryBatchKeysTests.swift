import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct DictionaryBatchKeysTests {
    @Test func `each key is asked for once, in order of appearance`() {
        let names = (0..<100).map { "key-\($0 * 37 % 50)" }
        #expect(BatchKeys(names).unique == Array(names.prefix(50)))
        #expect(BatchKeys([]).unique.isEmpty)
    }

    @Test func `each key gets the result at its place`() {
        let names = (0..<100).map { "key-\($0 * 37 % 50)" }
        let keys = BatchKeys(names)
        let results = keys.dictionary { "the result of \(keys.unique[$0])" }
        #expect(results.count == 50)
        for name in names { #expect(results[name] == "the result of \(name)") }
    }

    @Test func `two spellings of one text are refused together, since results have one place for both`() throws {
        let keys = BatchKeys(["caf\u{E9}", "tea", "cafe\u{301}"])
        #expect(keys.unique.count == 2)
        try keys.check("tea")
        for spelling in ["caf\u{E9}", "cafe\u{301}"] {
            let error = try #require(throws: MemcachedError.self) { try keys.check(spelling) }
            #expect(error.code == .invalidKey)
            #expect(error.message.contains("normalize"))
        }
    }

    @Test func `the same spelling twice is no ambiguity`() throws {
        try BatchKeys(["cafe\u{301}", "cafe\u{301}"]).check("caf\u{E9}")
    }
}
