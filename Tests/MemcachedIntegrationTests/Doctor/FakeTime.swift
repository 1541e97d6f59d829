import Foundation

/// Debian's libfaketime, for a real server whose clock is off.
enum FakeTime {
    struct Missing: Error {}

    /// What a program's environment must have so that its clock is that many seconds from this machine's.
    static func environment(seconds: Int) throws -> [String: String] {
        let libraries = try FileManager.default.contentsOfDirectory(atPath: "/usr/lib").map {
            "/usr/lib/\($0)/faketime/libfaketimeMT.so.1"
        }
        guard let library = libraries.first(where: FileManager.default.fileExists) else { throw Missing() }
        return ["LD_PRELOAD": library, "FAKETIME": seconds < 0 ? "\(seconds)s" : "+\(seconds)s"]
    }
}
