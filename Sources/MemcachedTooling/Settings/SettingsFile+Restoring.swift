#if Configuration
import Foundation
import Memcached

extension SettingsFile {
    /// What is wrong with the file at a path; nil where it can be read, and all of its members are settings. Whether their values are right
    /// is seen when they are used.
    ///
    /// - Parameter environment: what comes before the members of the file that was kept.
    package static func damage(ofFileAt path: String, environment: [String: String] = [:]) -> SettingsDamage? {
        do throws(SettingsError) {
            _ = try SettingsFile(path: path)
            return nil
        } catch {
            let bytes = (try? FileOnDisk(path: path))?.bytes
            let members = bytes.flatMap { try? Self.members($0, path) }
            let found = members.map { problemsInUse(of: $0, environment: environment).map(\.message) } ?? []
            return SettingsDamage(
                path: path,
                problems: found.isEmpty ? [error.words] : found,
                previous: previous(ofFileAt: path, environment)
            )
        }
    }

    /// Puts the file that was kept in the place of the one at the path, which is kept in its stead, each with its owner and its rights.
    ///
    /// - Parameter fingerprint: that of the two, as ``damage(ofFileAt:environment:)`` has told it.
    /// - Throws: ``SettingsError`` of the kind ``SettingsError/Kind/changedMeanwhile`` where one of them has changed, and
    ///   ``SettingsError/Kind/unwritable`` where the folder can't be written to. Nothing has changed then.
    package static func restorePrevious(
        ofFileAt path: String,
        fingerprint: String,
        environment: [String: String] = [:]
    ) throws(SettingsError) {
        let target = try target(of: path)
        let isUnchanged: Bool
        do {
            isUnchanged = try AtomicWrite.locked(in: target.deletingLastPathComponent().path) {
                (folder) throws(FileFailure) in
                guard previous(ofFileAt: path, environment)?.fingerprint == fingerprint else { return false }
                let name = target.lastPathComponent
                try folder.exchange(name, with: name + previousEnding)
                return true
            }
        } catch {
            throw Self.error(path, "can't be replaced: \(error.reason)", .unwritable)
        }
        guard isUnchanged else {
            throw error(
                path,
                "has changed meanwhile, or the one beside it",
                .changedMeanwhile,
                advice: "Nothing was done."
            )
        }
    }

    private static func previous(ofFileAt path: String, _ environment: [String: String]) -> SettingsDamage.Previous? {
        guard let target = try? target(of: path), let present = fingerprint(ofFileAt: target.path),
            let kept = try? FileOnDisk(path: target.path + previousEnding),
            // By the name of the file whose place it is to take, which tells how it is written.
            let file = try? SettingsFile(kept, at: target.path),
            problemsInUse(of: file.members, environment: environment).isEmpty
        else { return nil }
        return SettingsDamage.Previous(
            path: target.path + previousEnding,
            fingerprint: "\(present) \(kept.fingerprint)"
        )
    }
}
#endif
