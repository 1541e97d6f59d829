import Foundation

/// Puts a file into a folder as a whole: who reads it sees the old one or the new one, also after a loss of power.
struct AtomicWrite {
    private let folder: String
    private let descriptor: CInt

    /// Waits until no other process of this kind is writing into the folder.
    ///
    /// - Parameter body: what to do meanwhile.
    static func locked<Result>(
        in folder: String,
        _ body: (AtomicWrite) throws(FileFailure) -> Result
    ) throws(FileFailure) -> Result {
        let descriptor = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileFailure(code: errno) }
        // Closing it also gives back the lock.
        defer { close(descriptor) }
        while flock(descriptor, LOCK_EX) != 0 {
            // A file system without locks is written to without one.
            guard errno == EINTR else { break }
        }
        return try body(AtomicWrite(folder: folder, descriptor: descriptor))
    }

    /// - Parameters:
    ///   - name: the file's, without its folder. The file that bears it is replaced; where this fails, it is as it was.
    ///   - prepare: called when all is written and only the name is to be given, which isn't where it fails.
    func write(
        _ bytes: Data,
        to name: String,
        _ rights: FileRights,
        prepare: () throws(FileFailure) -> Void = {}
    ) throws(FileFailure) {
        let path = "\(folder)/\(name)"
        let temporary = "\(folder)/.\(name).\(UUID().uuidString)"
        let file = open(temporary, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw FileFailure(code: errno) }
        do {
            defer { close(file) }
            try fill(file, bytes, rights)
            try prepare()
        } catch {
            unlink(temporary)
            throw error
        }
        guard rename(temporary, path) == 0 else {
            let failure = FileFailure(code: errno)
            unlink(temporary)
            throw failure
        }
        // Best effort: the file is there, and not every file system can do it.
        _ = fsync(descriptor)
    }

    /// Gives each of two files the other's name, with its rights and its owner. Whoever reads the first finds the one or the other, and none
    /// of them is lost, also by a loss of power in between. Where this fails, the first is as it was, or its error says where that is now.
    func exchange(_ name: String, with other: String) throws(FileFailure) {
        let (path, otherPath) = ("\(folder)/\(name)", "\(folder)/\(other)")
        let temporary = "\(folder)/.\(name).\(UUID().uuidString)"
        guard link(path, temporary) == 0 else { throw FileFailure(code: errno) }
        guard rename(otherPath, path) == 0 else {
            let failure = FileFailure(code: errno)
            unlink(temporary)
            throw failure
        }
        guard rename(temporary, otherPath) == 0 else {
            throw FileFailure("what was there is '\(temporary)' now: \(FileFailure(code: errno).reason)")
        }
        _ = fsync(descriptor)
    }

    private func fill(_ file: CInt, _ bytes: Data, _ rights: FileRights) throws(FileFailure) {
        var status = stat()
        guard fstat(file, &status) == 0 else { throw FileFailure(code: errno) }
        if status.st_uid != rights.owner || status.st_gid != rights.group {
            guard fchown(file, rights.owner, rights.group) == 0 else {
                throw FileFailure("it can't stay its owner's: \(FileFailure(code: errno).reason)")
            }
        }
        guard fchmod(file, rights.mode) == 0 else { throw FileFailure(code: errno) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { Foundation.write(file, $0.baseAddress, $0.count) }
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileFailure(code: errno) }
            rest = rest.dropFirst(count)
        }
        guard fsync(file) == 0 else { throw FileFailure(code: errno) }
    }
}
