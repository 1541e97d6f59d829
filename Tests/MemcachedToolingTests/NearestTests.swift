import MemcachedTooling
import TestSupport
import Testing

@Suite(.fewAtATime) struct NearestTests {
    private static let cases: [(String, String?)] = [
        ("TIMOUT", "TIMEOUT"), ("TIMEOUTS", "TIMEOUT"), ("TIMOEUT", "TIMEOUT"), ("SERVER", "SERVERS"), ("TLZ", "TLS"),
        ("TIMEOUT", "TIMEOUT"), ("TIME", nil), ("PORT", nil), ("", nil), ("SERVICE_HOST", nil),
    ]

    @Test(arguments: cases)
    func `a slip is told from another name`(text: String, near: String?) {
        #expect(text.nearest(among: ["SERVERS", "TIMEOUT", "STALL_TIMEOUT", "TLS"]) == near)
        #expect(text.nearest(among: [String]()) == nil)
    }
}
