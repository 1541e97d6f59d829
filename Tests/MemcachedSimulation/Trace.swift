import NIOCore

/// What has happened, in order: always a hash of it, and its lines where somebody wants to read them.
package final class Trace {
    package private(set) var hash: UInt64 = 0xCBF2_9CE4_8422_2325
    package private(set) var lines: [String] = []
    private let isRecording: Bool

    package init(isRecording: Bool) {
        self.isRecording = isRecording
    }

    func note(
        _ what: StaticString,
        at time: NIODeadline,
        _ first: Int = 0,
        _ second: Int = 0,
        _ detail: @autoclosure () -> String = ""
    ) {
        what.withUTF8Buffer { for byte in $0 { combine(UInt64(byte)) } }
        combine(time.uptimeNanoseconds)
        combine(UInt64(bitPattern: Int64(first)))
        combine(UInt64(bitPattern: Int64(second)))
        guard isRecording else { return }
        let microseconds = time.uptimeNanoseconds / 1000
        let rest = String(microseconds % 1_000_000)
        let stamp = "\(microseconds / 1_000_000).\(String(repeating: "0", count: 6 - rest.count))\(rest)"
        lines.append("\(stamp)  \(what) \(first) \(second) \(detail())")
    }

    /// What a run must come to again, beyond the order of its events.
    func mix(_ text: String) {
        for byte in text.utf8 { combine(UInt64(byte)) }
        combine(UInt64(text.utf8.count))
    }

    func mix(_ words: UInt64...) {
        for word in words { combine(word) }
    }

    private func combine(_ word: UInt64) {
        hash = (hash ^ word) &* 0x100_0000_01B3
    }
}
