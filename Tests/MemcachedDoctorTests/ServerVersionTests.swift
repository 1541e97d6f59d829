import TestSupport
import Testing

@testable import MemcachedDoctor

@Suite(.fewAtATime) struct ServerVersionTests {
    @Test(arguments: ["1.6.18", "1.6.18-beta2", "1.6.18_3_gabcdef", "1.6.18.4", "1.6.18 (Ubuntu)"])
    func `a suffix doesn't matter`(text: String) {
        #expect(ServerVersion(text) == ServerVersion(1, 6, 18))
    }

    @Test(arguments: ["", "1.6", "v1.6.18", "twemproxy", "1..6.18.", "1.6.x", "99999999999999999999.1.1"])
    func `what is no version is none`(text: String) {
        #expect(ServerVersion(text) == (text == "1..6.18." ? ServerVersion(1, 6, 18) : nil))
    }

    @Test func `versions are compared number by number`() {
        let ordered = [(1, 4, 37), (1, 5, 0), (1, 6, 2), (1, 6, 9), (1, 6, 18), (2, 0, 0)].map {
            ServerVersion($0, $1, $2)
        }
        #expect(ordered == ordered.reversed().sorted())
        #expect("\(ordered[0])" == "1.4.37")
    }
}
