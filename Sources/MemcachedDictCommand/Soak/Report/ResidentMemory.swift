#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// How much memory this process has, in bytes, where the system tells in `/proc`.
struct ResidentMemory: Sendable {
    let now: Int
    let peak: Int

    static func measure() -> ResidentMemory? {
        guard let data = FileManager.default.contents(atPath: "/proc/self/status") else { return nil }
        let lines = String(decoding: data, as: UTF8.self).split(separator: "\n")
        func kilobytes(_ name: String) -> Int? {
            lines.first { $0.hasPrefix(name) }.flatMap { Int($0.filter(\.isNumber)) }
        }
        guard let now = kilobytes("VmRSS:"), let peak = kilobytes("VmHWM:") else { return nil }
        return ResidentMemory(now: now * 1_024, peak: peak * 1_024)
    }
}
