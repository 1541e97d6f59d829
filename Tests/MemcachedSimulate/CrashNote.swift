import Foundation
import Synchronization

/// Names the seed that runs when the process crashes, as it does where a continuation is resumed twice.
enum CrashNote {
    private static let running = Atomic<UInt64>(0)

    /// A seed begins. It takes some milliseconds; one that comes to no end within a minute ends the process as a crash does.
    static func seed(_ seed: UInt64) {
        running.store(seed, ordering: .relaxed)
        alarm(60)
    }

    static func endOfSeeds() {
        alarm(0)
    }

    static func watch() {
        for number in [SIGSEGV, SIGBUS, SIGILL, SIGTRAP, SIGABRT, SIGALRM] {
            signal(number) { number in
                CrashNote.write(number)
                _exit(70)
            }
        }
    }

    /// Allocates nothing: the process is in any state.
    private static func write(_ number: Int32) {
        var digits: (UInt64, UInt64, UInt64) = (0, 0, 0)
        let seed = running.load(ordering: .relaxed)
        withUnsafeMutableBytes(of: &digits) { room in
            var place = room.count
            var rest = seed
            repeat {
                place -= 1
                room[place] = UInt8(48 + rest % 10)
                rest /= 10
            } while rest > 0
            let before: StaticString = "CRASHED in seed "
            let after: StaticString =
                number == SIGALRM
                ? ": it has not ended within a minute\n" : ": each caller is resumed exactly once, or a trap\n"
            _ = Foundation.write(2, before.utf8Start, before.utf8CodeUnitCount)
            _ = Foundation.write(2, room.baseAddress.map { $0 + place }, room.count - place)
            _ = Foundation.write(2, after.utf8Start, after.utf8CodeUnitCount)
        }
    }
}
