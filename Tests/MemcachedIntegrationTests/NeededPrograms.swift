import Foundation
import Testing

extension Trait where Self == ConditionTrait {
    /// For suites that start a real memcached. Where it isn't installed they are skipped, but not under CI: there they run, and
    /// fail.
    static var needsMemcached: Self { .needs("memcached") }

    /// For tests that start a memcached with ``SASLDatabase``, in the same way.
    static var needsSASL: Self { .needs("saslpasswd2") }

    /// For tests that start a memcached with ``FakeTime``, in the same way.
    static var needsFakeTime: Self { .needs("faketime") }

    static func needs(_ program: String) -> Self {
        .enabled("\(program) isn't installed") { isInstalledOrMustBe(program) }
    }
}

/// Whether a program is found on PATH, or is missing under CI, where what needs it fails.
func isInstalledOrMustBe(_ program: String) -> Bool {
    isInstalled(program) || ProcessInfo.processInfo.environment["CI"] != nil
}

/// Whether a program is found on PATH.
private func isInstalled(_ program: String) -> Bool {
    let path = ProcessInfo.processInfo.environment["PATH"] ?? ""
    return path.split(separator: ":").contains { FileManager.default.isExecutableFile(atPath: "\($0)/\(program)") }
}
