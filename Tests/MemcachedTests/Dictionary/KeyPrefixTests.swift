import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct KeyPrefixTests {
    @Test func `prefixes that reach different items are different, even where they look the same`() throws {
        let (composed, decomposed) = ("caf\u{E9}", "cafe\u{301}")
        #expect(composed == decomposed)
        for (left, right) in [
            (KeyPrefix(composed), KeyPrefix(decomposed)), (.verbatim(composed), .verbatim(decomposed)),
            (KeyPrefix("a"), .verbatim("a")), (KeyPrefix("a"), KeyPrefix("ab")), (.none, KeyPrefix("")),
        ] {
            #expect(left != right)
            #expect(Set([left, right]).count == 2)
        }
    }

    @Test func `the same prefix is the same, however it was made`() {
        let text = "profiles"
        #expect(KeyPrefix(text) == "profiles")
        #expect(Set([KeyPrefix(text), "profiles", "\(text)"]).count == 1)
        #expect(KeyPrefix.none == .verbatim(""))
        #expect(KeyPrefix.verbatim(text).hashValue == KeyPrefix.verbatim("profiles").hashValue)
    }
}
