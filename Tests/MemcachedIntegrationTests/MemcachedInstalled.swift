import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// For suites that start a real memcached. Where it isn't installed they are skipped, but not under CI: there they run, and
    /// fail.
    static var needsMemcached: Self {
        .enabled("memcached isn't installed") {
            isInstalled("memcached") || ProcessInfo.processInfo.environment["CI"] != nil
        }
    }

    /// For tests that start a memcached with ``SASLDatabase``, in the same way.
    static var needsSASL: Self {
        .enabled("saslpasswd2 isn't installed") {
            isInstalled("saslpasswd2") || ProcessInfo.processInfo.environment["CI"] != nil
        }
    }
}

/// Whether a program is found on PATH.
func isInstalled(_ program: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}
