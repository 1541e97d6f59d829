import MemcachedTooling
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime) struct JSONDocumentTests {
    private func complaint(_ text: String) -> String? {
        do {
            try JSONDocument.check(ByteBuffer(string: text))
            return nil
        } catch {
            return "\(error)"
        }
    }

    @Test(arguments: [#"{"a":1e400}"#, "-1e400", #"["\\",1,1e400]"#, #"["1e400",1e400]"#])
    func `a number that nothing can hold is told as such, since it is valid JSON`(text: String) throws {
        let words = try #require(complaint(text))
        #expect(
            words.contains("1e400, which is beyond what a Double can hold") && !words.contains("valid JSON"),
            "\(words)"
        )
    }

    @Test(arguments: [#"{"a":tru}"#, #"["1e400""#, "01", "[1,]"])
    func `what is no JSON is told as such`(text: String) throws {
        let words = try #require(complaint(text))
        #expect(words.contains("it is not valid JSON: "), "\(words)")
    }

    @Test(arguments: [#"["1e400"]"#, "1e-400", "1e308", #"{"1e400":"\"1e400"}"#])
    func `what can be held, and what is text, is sound`(text: String) {
        #expect(complaint(text) == nil)
    }
}
