import Foundation

/// Why the system has refused to read or to write a file.
struct FileFailure: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }

    init(code: CInt) { reason = String(cString: strerror(code)) }
}

/// A file as it was when it was read.
struct FileOnDisk {
    let bytes: Data
    /// Who may do what with it, and whose it is.
    let rights: FileRights
    /// The same for as long as nobody has written to the file, replaced it, or changed its rights. It tells nothing of what is in it.
    let fingerprint: String

    /// The most bytes that are read: no file of settings has more.
    private static let limit = 1 << 20

    init(path: String) throws(FileFailure) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        defer { close(descriptor) }
        while true {
            let before = try Self.status(of: descriptor)
            let bytes = try Self.bytes(of: descriptor)
            let after = try Self.status(of: descriptor)
            // A file that is being written is read again; what isn't one, such as a pipe, has nothing to begin with again.
            guard before.st_mode & S_IFMT != S_IFREG || Self.fingerprint(before) == Self.fingerprint(after) else {
                guard lseek(descriptor, 0, SEEK_SET) == 0 else { throw FileFailure(code: errno) }
                continue
            }
            self.bytes = bytes
            rights = FileRights(mode: after.st_mode & 0o777, owner: after.st_uid, group: after.st_gid)
            fingerprint = Self.fingerprint(after)
            return
        }
    }

    /// Nil where there is no such file.
    static func existing(_ path: String) throws(FileFailure) -> FileOnDisk? {
        var status = stat()
        guard stat(path, &status) == 0 else {
            guard errno == ENOENT else { throw FileFailure(code: errno) }
            return nil
        }
        return try FileOnDisk(path: path)
    }

    private static func status(of descriptor: CInt) throws(FileFailure) -> stat {
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw FileFailure(code: errno) }
        return status
    }

    private static func bytes(of descriptor: CInt) throws(FileFailure) -> Data {
        var bytes = Data()
        var part = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = read(descriptor, &part, part.count)
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(code: errno) }
            guard count > 0 else { return bytes }
            bytes += part[..<count]
            guard bytes.count <= limit else {
                throw FileFailure("it has more than \(limit) bytes, and is no file of settings")
            }
        }
    }

    private static func fingerprint(_ status: stat) -> String {
        #if canImport(Darwin)
        let (written, changed) = (status.st_mtimespec, status.st_ctimespec)
        #else
        let (written, changed) = (status.st_mtim, status.st_ctim)
        #endif
        let numbers: [Int64] = [
            Int64(truncatingIfNeeded: status.st_dev), Int64(truncatingIfNeeded: status.st_ino), Int64(status.st_size),
            Int64(written.tv_sec), Int64(written.tv_nsec), Int64(changed.tv_sec), Int64(changed.tv_nsec),
        ]
        return numbers.map { String($0, radix: 36) }.joined(separator: "-")
    }
}

/// Who may do what with a file, and whose it is.
struct FileRights: Equatable {
    var mode: mode_t
    var owner: uid_t
    var group: gid_t

    /// Those of a file that this process makes.
    ///
    /// - Parameter isSecret: whether it is for its owner's eyes only.
    static func new(isSecret: Bool) -> FileRights {
        FileRights(mode: isSecret ? 0o600 : 0o644, owner: geteuid(), group: getegid())
    }
}
