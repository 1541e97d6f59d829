import Dispatch
import Synchronization
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct NodeHealthTests {
    @Test func `whoever ejects a server learns it, also where the limit changes meanwhile`() {
        var unnoticed = 0
        for pause in 0..<3_000 {
            let health = NodeHealth(limit: 5)
            let arrived = Atomic(0)
            let told = Atomic(false)
            DispatchQueue.concurrentPerform(iterations: 2) { caller in
                arrived.wrappingAdd(1, ordering: .sequentiallyConsistent)
                // Where there is only one processor, nobody else arrives meanwhile.
                var tries = 0
                while arrived.load(ordering: .sequentiallyConsistent) < 2, tries < 100_000 { tries += 1 }
                guard caller == 0 else { return health.follow(limit: 1) }
                // Not always at the same moment of the other.
                for _ in 0..<(pause % 32) { _ = arrived.load(ordering: .relaxed) }
                told.store(health.failed(), ordering: .sequentiallyConsistent)
            }
            // Nobody would make a trial.
            if health.isEjected, !told.load(ordering: .sequentiallyConsistent) { unnoticed += 1 }
        }
        #expect(unnoticed == 0)
    }
}
