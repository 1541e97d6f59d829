#if Configuration
import Foundation

extension SettingsFile {
    /// Writes these members instead of those that were read, in the file's own format, and returns the new file. Who reads the file
    /// meanwhile sees the old one or the new one. The old one stays beside it, with `.previous` behind its name. Where they are the same,
    /// nothing is written.
    ///
    /// The file keeps its owner and its rights. A new file that holds a password is its owner's alone, as is one that held none before;
    /// what held one is shut to those who are neither its owner nor of its group. A symbolic link stays one. Comments of YAML are lost.
    ///
    /// - Throws: ``SettingsError`` of the kind ``SettingsError/Kind/changedMeanwhile`` where it isn't the file that was read any more,
    ///   ``SettingsError/Kind/unwritable`` where it can't be written, and ``SettingsError/Kind/refused`` where a member is no setting.
    ///   Nothing has changed then.
    @discardableResult
    package func save(_ members: [String: SettingValue]) throws(SettingsError) -> SettingsFile {
        let unknown = Self.unknown(members).map { Self.error(path, $0, verb: "can't have") }
        guard unknown.isEmpty else { throw SettingsError(all: unknown) }
        let members = members.mapValues(\.normalized)
        let bytes = try encoded(members)
        let target = try Self.target(of: path)
        let name = target.lastPathComponent
        let rights = FileRights.new(isSecret: Self.holdsSecrets(members))
        let isUnchanged: Bool
        do {
            isUnchanged = try AtomicWrite.locked(in: target.deletingLastPathComponent().path) {
                (folder) throws(FileFailure) in
                let present = try FileOnDisk.existing(target.path)
                guard present?.fingerprint == fingerprint, present?.bytes == content else { return false }
                let nextRights = present.map { self.rights(of: $0, isSecret: Self.holdsSecrets(members)) } ?? rights
                // What was there before the last change stays beside it.
                guard members != self.members.mapValues(\.normalized) || present?.rights != nextRights else {
                    return true
                }
                try folder.write(bytes, to: name, nextRights) { () throws(FileFailure) in
                    guard let present else { return }
                    try folder.write(
                        present.bytes,
                        to: name + Self.previousEnding,
                        self.rights(of: present, isSecret: holdsSecrets)
                    )
                }
                return true
            }
        } catch {
            throw Self.error(
                path,
                "can't be written: \(error.reason)",
                .unwritable,
                advice: "It is as it was."
            )
        }
        guard isUnchanged else {
            throw Self.error(
                path,
                content == nil ? "is there already" : "has changed since it was read",
                .changedMeanwhile,
                advice: "Nothing was written. Read it again, and make the change to what is there now."
            )
        }
        return try SettingsFile(path: path)
    }

    /// The bytes, once it is certain that they are read as what they are to say.
    private func encoded(_ members: [String: SettingValue]) throws(SettingsError) -> Data {
        let format = try Self.format(path)
        guard let bytes = try? format.bytes(members), let read = try? format.members(bytes), read == members else {
            throw Self.error(path, "can't hold these settings, such as a number that is none")
        }
        return bytes
    }

    /// What the name of the file before ends in.
    static let previousEnding = ".previous"

    /// The file itself where the path leads there by symbolic links, whether there is one yet or not. Its folder is made where there is
    /// none.
    static func target(of path: String) throws(SettingsError) -> URL {
        if let resolved = realpath(path, nil) {
            defer { free(resolved) }
            return URL(filePath: String(cString: resolved))
        }
        var file = URL(filePath: path)
        // Of links that lead in a circle the folder can't be written to, says the system.
        for _ in 0..<40 {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: file.path) else { break }
            file = URL(filePath: next, relativeTo: file.deletingLastPathComponent()).absoluteURL
        }
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(),
                withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700]
            )
        } catch {
            throw Self.error(path, "can't be written: its folder can't be made", .unwritable)
        }
        return file
    }

    /// The rights of a file that takes the present one's place.
    private func rights(of present: FileOnDisk, isSecret: Bool) -> FileRights {
        var rights = present.rights
        if isSecret { rights.mode &= holdsSecrets ? 0o770 : 0o700 }
        return rights
    }
}

extension SettingValue {
    /// A whole number is one however it was made, since a file doesn't tell `2` from `2.0`.
    fileprivate var normalized: SettingValue {
        switch self {
        case .number(let number): Int(exactly: number).map { .whole($0) } ?? self
        case .members(let members): .members(members.mapValues(\.normalized))
        default: self
        }
    }
}
#endif
