import Foundation
import NIOCore

/// The file that an editor works on: in the system's folder for temporary files, this user's only to read.
struct EditedFile {
    let path: String
    private let folder: URL

    /// - Parameter name: what the file is called, so that the editor knows what it is, such as `value.json`.
    init(_ text: ByteBuffer, name: String) throws {
        let place = FileManager.default.temporaryDirectory
        folder = place.appending(path: "memcached-dict-\(UUID().uuidString)")
        path = folder.appending(path: name).path
        do {
            try FileManager.default.createDirectory(
                at: folder,
                withIntermediateDirectories: false,
                attributes: [.posixPermissions: 0o700]
            )
            try write(text)
        } catch {
            remove()
            throw Complaint(
                "the value can't be written to a file in '\(place.path)': \(error.systemReason)",
                advice: "TMPDIR names another folder for temporary files.",
                status: .usage
            )
        }
    }

    func write(_ text: ByteBuffer) throws {
        try Data(text.readableBytesView).write(to: URL(filePath: path))
    }

    /// Whether the editor has left it.
    var isThere: Bool { FileManager.default.fileExists(atPath: path) }

    func read() throws -> ByteBuffer {
        do {
            return ByteBuffer(bytes: try Data(contentsOf: URL(filePath: path)))
        } catch {
            throw Complaint(
                "the editor has left no file '\(path)' that can be read; nothing was changed",
                status: .refusedInput
            )
        }
    }

    func remove() {
        try? FileManager.default.removeItem(at: folder)
    }
}
