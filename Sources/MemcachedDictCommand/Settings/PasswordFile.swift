import Foundation

/// A file whose first line is a password, or `-` for standard input.
struct PasswordFile {
    let path: String

    /// The longest line, in bytes.
    private static let limit = 4096

    func password() throws -> String {
        let line = try firstLine()
        guard !line.isEmpty else {
            throw Complaint(
                "the first line of \(name) is empty, and should be the password",
                status: .refusedInput
            )
        }
        guard let password = String(validating: line, as: UTF8.self) else {
            throw Complaint("the password in \(name) isn't UTF-8", status: .refusedInput)
        }
        return password
    }

    private var name: String { path == "-" ? "standard input" : "'\(path)'" }

    /// It is taken nevertheless: secrets that are mounted into a container are often so.
    func warnIfOthersCanRead() {
        var status = stat()
        guard stat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o077 != 0 else { return }
        StandardError.write(
            once: "memcached-dict: others on this machine may read or change \(name), which holds a password; "
                + "'chmod 600 \(path)' keeps it to its owner"
        )
    }

    /// Byte by byte, so that what stands behind the line in standard input is left for the value.
    private func firstLine() throws -> [UInt8] {
        do {
            let file = path == "-" ? .standardInput : try FileHandle(forReadingFrom: URL(filePath: path))
            if path != "-" { warnIfOthersCanRead() }
            var line: [UInt8] = []
            while let byte = try file.read(upToCount: 1)?.first, byte != UInt8(ascii: "\n") {
                line.append(byte)
                guard line.count <= Self.limit else {
                    throw Complaint(
                        "the first line of \(name) is longer than \(Self.limit) bytes, and no password",
                        status: .refusedInput
                    )
                }
            }
            if line.last == UInt8(ascii: "\r") { line.removeLast() }
            return line
        } catch let complaint as Complaint {
            throw complaint
        } catch {
            throw Complaint(
                "the password can't be read from \(name): \(error.systemReason)",
                status: .refusedInput
            )
        }
    }
}
