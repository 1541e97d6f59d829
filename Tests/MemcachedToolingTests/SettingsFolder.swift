#if Configuration
import Foundation
import MemcachedTooling

/// A folder of a test's own.
struct SettingsFolder {
    private let folder: URL

    /// Calls `body` with a folder, and removes it after.
    static func with(_ body: (SettingsFolder) throws -> Void) throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer {
            chmod(folder.path, 0o700)
            try? FileManager.default.removeItem(at: folder)
        }
        try body(SettingsFolder(folder: folder))
    }

    var path: String { folder.path }

    var names: [String] {
        get throws { try FileManager.default.contentsOfDirectory(atPath: folder.path).sorted() }
    }

    func path(of name: String) -> String { folder.appending(path: name).path }

    @discardableResult
    func write(_ text: String, to name: String, mode: mode_t = 0o644) throws -> String {
        let path = path(of: name)
        try Data(text.utf8).write(to: URL(filePath: path))
        chmod(path, mode)
        return path
    }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(filePath: path(of: name))), as: UTF8.self)
    }

    func mode(_ name: String) -> mode_t {
        var status = stat()
        stat(path(of: name), &status)
        return status.st_mode & 0o777
    }

    /// The extensions of the formats that this build reads.
    static var formats: [String] {
        #if YAML
        ["json", "yaml", "yml"]
        #else
        ["json"]
        #endif
    }
}
#endif
