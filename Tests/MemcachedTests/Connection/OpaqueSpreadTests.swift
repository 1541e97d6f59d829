import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct OpaqueSpreadTests {
    @Test(arguments: [0, 1, 2, 77, 1 << 16, 1 << 31, .max - 1, .max] as [UInt32])
    func `each number comes back from its opaque`(number: UInt32) {
        #expect(OpaqueSpread.number(of: OpaqueSpread.opaque(of: number)) == number)
    }

    @Test func `an opaque that was changed by one, or by a bit, is far from all that may be due`() {
        for number: UInt32 in [0, 1, 4_711, .max] {
            let opaque = OpaqueSpread.opaque(of: number)
            let changed = [opaque &+ 1, opaque &- 1] + (0..<32).map { opaque ^ (1 << $0) }
            for wrong in changed {
                let distance = OpaqueSpread.number(of: wrong) &- number
                #expect(min(distance, 0 &- distance) > 1 << 20)
            }
        }
    }
}
