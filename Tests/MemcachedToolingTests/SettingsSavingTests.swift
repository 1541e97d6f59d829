#if Configuration
import Foundation
import MemcachedTooling
import TestSupport
import Testing

@Suite(.fewAtATime) struct SettingsSavingTests {
    private static let members: [String: SettingValue] = [
        "servers": .texts(["cache-1:11211", "true", "12"]), "timeout": .number(0.25), "batchWindow": .whole(16),
        "tlsServerName": .text("null"), "redactsKeysAndValues": .flag(false),
        "dictionaries": .members(["sessions": .members(["compressAbove": .text("never"), "longestKey": .whole(9)])]),
    ]

    private func kind(_ body: () throws -> Void) -> SettingsError.Kind? {
        (#expect(throws: SettingsError.self) { try body() })?.kind
    }

    @Test(arguments: SettingsFolder.formats)
    func `what is saved is read again, in the file's own format, and the old file stays beside it`(
        format: String
    ) throws {
        try SettingsFolder.with { folder in
            let name = "config.\(format)"
            let old = try SettingsFile(newAt: folder.path(of: name)).save(Self.members)
            #expect(old.members == Self.members)
            #expect(try folder.names == [name])
            let text = try folder.text(name)
            var members = old.members
            members["timeout"] = .number(2)
            let new = try old.save(members)
            members["timeout"] = .whole(2)
            #expect(new.members == members)
            #expect(try SettingsFile(path: folder.path(of: name)).members == members)
            #expect(try folder.names == [name, name + ".previous"])
            #expect(try folder.text(name + ".previous") == text)
            #expect(try folder.text(name).hasPrefix("{") == (format == "json"))
            // The order of the members is always the same, and one stands on each line.
            #expect(try folder.text(name).split(separator: "\n").count > members.count)
        }
    }

    @Test(arguments: SettingsFolder.formats)
    func `the file before is put back by a symbolic link, too, and each keeps its rights`(format: String) throws {
        try SettingsFolder.with { folder in
            let (name, previous) = ("config.\(format)", "config.\(format).previous")
            let path = folder.path(of: name)
            let link = folder.path(of: "link.\(format)")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: path)
            let first = try SettingsFile(newAt: path).save(["timeout": .whole(1), "saslPassword": .text("s")])
            #expect(SettingsFile.damage(ofFileAt: link) == nil)
            let sound = try folder.text(name)
            try first.save(["timeout": .whole(2)])
            let wrong = #"{"timeout": 2, "tiemout": 3, "longestKey": 251}"#
            try folder.write(wrong, to: name, mode: 0o644)
            let damage = try #require(SettingsFile.damage(ofFileAt: link))
            #expect(damage.problems.count == 2 && damage.problems[0].hasPrefix("'tiemout' is no setting."))
            // What it holds lacks a user.
            #expect(damage.previous == nil)
            try folder.write(sound.replacing("saslPassword", with: "saslUser"), to: previous, mode: 0o600)
            #expect(SettingsFile.damage(ofFileAt: link)?.previous == nil)
            let better = sound.replacing("saslPassword", with: "tlsServerName")
            try folder.write(better, to: previous, mode: 0o600)
            let kept = try #require(SettingsFile.damage(ofFileAt: link)?.previous)
            #expect(kind { try SettingsFile.restorePrevious(ofFileAt: link, fingerprint: "") } == .changedMeanwhile)
            try SettingsFile.restorePrevious(ofFileAt: link, fingerprint: kept.fingerprint)
            #expect(try folder.text(name) == better && folder.mode(name) == 0o600)
            #expect(try folder.text(previous) == wrong && folder.mode(previous) == 0o644)
            #expect(try folder.names == [name, previous, "link.\(format)"])
        }
    }

    @Test func `a file that has changed since it was read is not overwritten`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(#"{"timeout": 1}"#, to: "config.json")
            let one = try SettingsFile(path: path)
            let other = try SettingsFile(path: path)
            #expect(one.fingerprint == other.fingerprint)
            let saved = try one.save(["timeout": .whole(2)])
            #expect(saved.fingerprint != one.fingerprint)
            #expect(kind { try other.save(["timeout": .whole(3)]) } == .changedMeanwhile)
            try folder.write(#"{"timeout": 4}"#, to: "config.json")
            #expect(kind { try saved.save(["timeout": .whole(5)]) } == .changedMeanwhile)
            #expect(try folder.text("config.json") == #"{"timeout": 4}"#)
            let last = try SettingsFile(path: path)
            try FileManager.default.removeItem(atPath: path)
            #expect(kind { try last.save(["timeout": .whole(6)]) } == .changedMeanwhile)
            #expect(!FileManager.default.fileExists(atPath: path))
            try folder.write("{}", to: "config.json")
            #expect(kind { try SettingsFile(newAt: path).save([:]) } == .changedMeanwhile)
        }
    }

    @Test func `of many that save what they have read, each one wins or is told`() async throws {
        let folder = FileManager.default.temporaryDirectory.appending(path: "settings-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: "config.json").path
        try SettingsFile(newAt: path).save(["batchWindow": .whole(0)])
        let saved = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    var saved = 0
                    while saved < 20 {
                        guard let file = try? SettingsFile(path: path),
                            case .whole(let count) = file.members["batchWindow"]
                        else { return -1_000 }
                        if (try? file.save(["batchWindow": .whole(count + 1)])) != nil { saved += 1 }
                    }
                    return saved
                }
            }
            return await group.reduce(0, +)
        }
        #expect(saved == 160)
        // No step was lost.
        #expect(try SettingsFile(path: path).members == ["batchWindow": .whole(160)])
    }

    @Test func `a file with a password is its owner's alone`() throws {
        try SettingsFolder.with { folder in
            let path = folder.path(of: "new.json")
            let secret: [String: SettingValue] = ["saslUser": .text("ada"), "saslPassword": .text("hush")]
            let file = try SettingsFile(newAt: path).save(secret)
            #expect(file.holdsSecrets && folder.mode("new.json") == 0o600)
            try file.save([:])
            #expect(folder.mode("new.json") == 0o600 && folder.mode("new.json.previous") == 0o600)
            let open = try SettingsFile(path: folder.write("{}", to: "open.json", mode: 0o664))
            let shut = try open.save(secret)
            #expect(folder.mode("open.json") == 0o600 && folder.mode("open.json.previous") == 0o664)
            chmod(folder.path(of: "open.json"), 0o644)
            #expect(kind { try shut.save([:]) } == .changedMeanwhile)
            try SettingsFile(path: folder.path(of: "open.json")).save(secret)
            #expect(folder.mode("open.json") == 0o640 && folder.mode("open.json.previous") == 0o640)
            #expect(try folder.names.allSatisfy { !$0.hasPrefix(".") })
        }
    }

    @Test(arguments: SettingsFolder.formats)
    func `what is saved as it is leaves the file and the one before as they are`(format: String) throws {
        try SettingsFolder.with { folder in
            let name = "config.\(format)"
            let path = try folder.write(#"{"timeout": 1}"#, to: name)
            let text = #"{ "timeout": 2.0 }"#
            try SettingsFile(path: path).save(["timeout": .whole(3)])
            try folder.write(text, to: name)
            try SettingsFile(path: path).save(["timeout": .whole(2)])
            #expect(try folder.text(name) == text)
            #expect(try folder.text("\(name).previous") == #"{"timeout": 1}"#)
        }
    }

    @Test func `a file without one keeps its rights`() throws {
        try SettingsFolder.with { folder in
            try SettingsFile(path: folder.write("{}", to: "config.json", mode: 0o664)).save(["timeout": .whole(1)])
            #expect(folder.mode("config.json") == 0o664 && folder.mode("config.json.previous") == 0o664)
        }
    }

    @Test func `a symbolic link stays one, and leads to what was saved`() throws {
        try SettingsFolder.with { folder in
            try folder.write("{}", to: "real.json")
            try FileManager.default.createSymbolicLink(
                atPath: folder.path(of: "config.json"),
                withDestinationPath: "real.json"
            )
            try SettingsFile(path: folder.path(of: "config.json")).save(["timeout": .whole(1)])
            #expect(try folder.names == ["config.json", "real.json", "real.json.previous"])
            #expect(
                try FileManager.default.destinationOfSymbolicLink(atPath: folder.path(of: "config.json")) == "real.json"
            )
            #expect(try folder.text("real.json").contains("timeout"))
        }
    }

    @Test(arguments: ["later.json", "empty/later.json"])
    func `a symbolic link to what isn't there yet leads to what was saved`(place: String) throws {
        try SettingsFolder.with { folder in
            let (link, other) = (folder.path(of: "config.json"), folder.path(of: "other.json"))
            try FileManager.default.createSymbolicLink(atPath: other, withDestinationPath: place)
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: other)
            try SettingsFile(newAt: link).save(["timeout": .whole(1)])
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: link) == other)
            #expect(try FileManager.default.destinationOfSymbolicLink(atPath: other) == place)
            #expect(try folder.text(place).contains("timeout"))
            try SettingsFile(path: link).save(["timeout": .whole(2)])
            #expect(try folder.text(place + ".previous").contains("1") && folder.text(place).contains("2"))
        }
    }

    @Test func `links that lead in a circle are an error, and stay`() throws {
        try SettingsFolder.with { folder in
            let link = folder.path(of: "config.json")
            try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: "config.json")
            #expect(kind { try SettingsFile(newAt: link).save([:]) } == .unwritable)
            #expect(try folder.names == ["config.json"])
        }
    }

    @Test func `a place that can't be written to is named, and nothing is lost`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(#"{"timeout": 1}"#, to: "config.json")
            let file = try SettingsFile(path: path)
            // A folder in the old file's place stops even a superuser.
            try FileManager.default.createDirectory(
                atPath: folder.path(of: "config.json.previous/full"),
                withIntermediateDirectories: true
            )
            let error = #expect(throws: SettingsError.self) { try file.save(["timeout": .whole(2)]) }
            #expect(error?.kind == .unwritable)
            #expect(error?.text.contains("'\(path)' can't be written: ") == true)
            #expect(try folder.text("config.json") == #"{"timeout": 1}"#)
            #expect(try folder.names == ["config.json", "config.json.previous"])
            let below = SettingsFile(newAt: path + "/below.json")
            #expect(kind { try below.save([:]) } == .unwritable)
        }
    }

    @Test func `what no file can hold is refused before it is written`() throws {
        try SettingsFolder.with { folder in
            for format in SettingsFolder.formats {
                let file = SettingsFile(newAt: folder.path(of: "config.\(format)"))
                #expect(kind { try file.save(["timeout": .number(.nan)]) } == .refused)
                #expect(kind { try file.save(["timout": .whole(1)]) } == .refused)
            }
            let names = try folder.names
            #expect(names.isEmpty)
        }
    }
}
#endif
