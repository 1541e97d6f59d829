import MemcachedFraming
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct BatchAnswerTests {
    @Test func `a compare-and-swap that a batch's replies leave out has an unknown outcome`() throws {
        let origin = ItemVersion.Origin(server: .host("cache-1"), incarnation: .connection(1))
        let answer = BatchAnswer.silence(of: origin)
        let key = try ItemKey("ada")
        #expect {
            try answer.outcome { key }
        } throws: {
            ($0 as? MemcachedError)?.code == .outcomeUnknown
        }
    }
}
