#if Management
import Foundation
import Memcached
import MemcachedTesting
import MemcachedTooling
import NIOCore
import TestSupport
import Testing

@testable import MemcachedManagement

/// The form of the settings.
@Suite(.fewAtATime) struct ConfigurePagesTests {
    private func members(_ screen: TestScreen) throws -> [String: SettingValue] {
        try SettingsFile(path: screen.path).members
    }

    @Test func `without a configuration there is the embedded server, and it says so`() async throws {
        try await TestScreen.with { (screen) async throws in
            let page = try await TestBrowser(screen).open("/servers")
            #expect(page.contains("This is the embedded server"))
            #expect(page.contains("<a href=\"/configure\">Configure a real server</a>"))
            #expect(!FileManager.default.fileExists(atPath: screen.path))
        }
    }

    @Test func `every setting has a field with its unit and range`() async throws {
        try await TestScreen.with { (screen) async throws in
            let page = try await TestBrowser(screen).open("/configure")
            for setting in ClientSetting.all {
                #expect(page.contains("name=\"\(setting.key)\""), "\(setting.key)")
                let range = SettingField.labelled(setting.range)
                #expect(page.contains(MarkupText().escapeText(range)), "\(setting.key)")
                let keys = ClientSetting.all.map(\.key).filter { $0 != $0.lowercased() }
                #expect(!keys.contains { range.contains($0) }, "\(range)")
                #expect(!page.contains(">\(setting.key)</label>"), "\(setting.key) has no title")
            }
        }
    }

    #if YAML
    @Test(arguments: ["config.yaml", "CONFIG.YML"])
    func `comments of YAML are said to be lost`(file: String) async throws {
        try await TestScreen.with("servers: [127.0.0.1:1]", in: file) { (screen) async throws in
            #expect(try await TestBrowser(screen).open("/configure").contains("Comments in it are not kept."))
        }
    }
    #endif

    @Test func `a saved server is used from then on`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with { (screen) async throws in
                let browser = TestBrowser(screen)
                try await browser.open("/configure")
                let saved = try await browser.submit(
                    "/configure",
                    ["servers": "\(server.address)", "timeout": "1.5", "expiration": "never", "action": "save"]
                )
                #expect(saved.contains("The settings are saved"))
                #expect(
                    try members(screen) == [
                        "servers": .texts(["\(server.address)"]), "timeout": .number(1.5), "expiration": .text("never"),
                    ]
                )
                #expect(!(try await browser.open("/servers")).contains("This is the embedded server"))
                _ = try await screen.fleet.client.set("k", to: ByteBuffer(string: "v"))
                #expect(server.item(forKey: "k") != nil)
            }
        }
    }

    @Test func `a test connects, tells of each server, and saves nothing`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with { (screen) async throws in
                let browser = TestBrowser(screen)
                try await browser.open("/configure")
                let fields = ["servers": "\(server.address)\n127.0.0.1:1", "timeout": "0.5"]
                let test = try await browser.submit("/configure", fields.merging(["action": "test"]) { $1 })
                #expect(test.contains("class=\"good\"") && test.contains("class=\"bad\""))
                #expect(test.contains("answers in"))
                let refused = try await browser.submit("/configure", fields.merging(["action": "save"]) { $1 })
                #expect(refused.status == 422 && refused.contains("value=\"save-anyway\""))
                #expect(!FileManager.default.fileExists(atPath: screen.path))
                try await browser.submit("/configure", fields.merging(["action": "save-anyway"]) { $1 })
                #expect(try members(screen)["servers"] == .texts(["\(server.address)", "127.0.0.1:1"]))
            }
        }
    }

    @Test func `each wrong setting is explained at its field, and what was typed stays`() async throws {
        try await TestScreen.with { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let page = try await browser.submit(
                "/configure",
                [
                    "servers": "cache-1:port", "timeout": "soon", "connectionsPerServer": "65", "longestKey": "251",
                    "dictionary-0-prefix": "sessions", "dictionary-0-expiration": "-1", "action": "save",
                ]
            )
            #expect(page.status == 422)
            for name in ["servers", "timeout", "connectionsPerServer", "longestKey", "dictionary-0-expiration"] {
                #expect(page.contains("id=\"\(name)-problem\""), "\(name)")
            }
            #expect(page.contains("value=\"soon\"") && page.contains("cache-1:port</textarea>"))
            #expect(!FileManager.default.fileExists(atPath: screen.path))
        }
    }

    @Test func `what is wrong in a file that can be read is told at its field`() async throws {
        try await TestScreen.with(#"{"timeout": 1}"#) { (screen) async throws in
            let browser = TestBrowser(screen)
            #expect(!(try await browser.open("/configure")).contains(" wrong"))
            let text = #"{"timeout": "soon", "dictionaries": {"sessions": {"longestKey": 251}}}"#
            try Data(text.utf8).write(to: URL(filePath: screen.path))
            let page = try await browser.open("/configure")
            #expect(page.status == 200 && page.contains("value=\"soon\"") && page.contains("value=\"251\""))
            #expect(page.contains("In the file, 2 settings are wrong."))
            for name in ["timeout", "dictionary-0-longestKey"] {
                #expect(page.contains("id=\"\(name)-problem\"") && page.contains("href=\"#\(name)\""), "\(name)")
            }
            let fields = ["timeout": "2", "dictionary-0-prefix": "sessions", "dictionary-0-longestKey": "250"]
            try await browser.submit(
                "/configure",
                fields.merging(["servers": "127.0.0.1:1", "action": "save-anyway"]) { $1 }
            )
            #expect(!(try await browser.open("/configure")).contains(" wrong"))
            #expect(try members(screen)["timeout"] == .whole(2))
        }
    }

    @Test func `what the environment hides is tested and checked as the form has it`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            let environment = ["MEMCACHED_SERVERS": "\(server.address)", "MEMCACHED_TIMEOUT": "1"]
            try await TestScreen.with(environment: environment) { (screen) async throws in
                let browser = TestBrowser(screen)
                try await browser.open("/configure")
                let wrong = ["servers": "127.0.0.1:1", "timeout": "soon", "action": "save"]
                let refused = try await browser.submit("/configure", wrong)
                #expect(refused.status == 422 && refused.contains("id=\"timeout-problem\""))
                let test = try await browser.submit("/configure", ["servers": "127.0.0.1:1", "action": "test"])
                #expect(test.contains("class=\"bad\"") && test.contains("<strong>127.0.0.1:1</strong>"))
                #expect(!FileManager.default.fileExists(atPath: screen.path))
                let saved = try await browser.submit("/configure", ["servers": "\(server.address)", "action": "save"])
                #expect(saved.contains("here where this screen&#39;s environment has no others"))
            }
        }
    }

    @Test func `a dictionary that nothing is set for is no change`() async throws {
        try await TestScreen.with(#"{"servers": ["127.0.0.1:1"]}"#) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let fields = ["servers": "127.0.0.1:1", "dictionary-0-prefix": "pages", "action": "save-anyway"]
            for new in [["dictionary-0-new": "yes"], [:]] {
                let page = try await browser.submit("/configure", fields.merging(new) { $1 })
                #expect(page.status == 422 && page.contains("Nothing is set for it"))
            }
            try await browser.submit("/configure", ["servers": "127.0.0.1:1", "action": "save-anyway"])
            #expect(!FileManager.default.fileExists(atPath: screen.path + ".previous"))
        }
    }

    @Test func `dictionaries have settings of their own`() async throws {
        let text =
            #"{"servers": ["127.0.0.1:1"], "dictionaries": {"sessions": {"expiration": 60}, "pages": {"compressAbove": 10}}}"#
        try await TestScreen.with(text) { (screen) async throws in
            let browser = TestBrowser(screen)
            let page = try await browser.open("/configure")
            #expect(page.contains("<legend>sessions</legend>") && page.contains("<legend>Another dictionary</legend>"))
            // In the order of their names: pages, sessions, and the new one.
            try await browser.submit(
                "/configure",
                [
                    "servers": "127.0.0.1:1", "dictionary-0-prefix": "", "dictionary-0-compressAbove": "10",
                    "dictionary-1-prefix": "sessions", "dictionary-1-expiration": "90",
                    "dictionary-2-prefix": "users", "dictionary-2-largestValue": "1000", "action": "save-anyway",
                ]
            )
            #expect(
                await browser.page.contains(
                    "The settings of the dictionary &#39;pages&#39;: &#39;Compress values above&#39; 10."
                )
            )
            try await browser.submit("/configure", ["answer": "yes"])
            #expect(
                try members(screen)["dictionaries"]
                    == .members([
                        "sessions": .members(["expiration": .whole(90)]),
                        "users": .members(["largestValue": .whole(1_000)]),
                    ])
            )
        }
    }

    @Test func `a password is never shown, and stays unless another is given`() async throws {
        let text = #"{"servers": ["127.0.0.1:1"], "saslUser": "ada", "saslPassword": "s3cret"}"#
        try await TestScreen.with(text) { (screen) async throws in
            let browser = TestBrowser(screen)
            #expect(!(try await browser.open("/configure")).contains("s3cret"))
            let fields = ["servers": "127.0.0.1:1", "saslUser": "ada", "saslPassword": "", "action": "save-anyway"]
            try await browser.submit("/configure", fields)
            #expect(try members(screen)["saslPassword"] == .text("s3cret"))
            let wrong = try await browser.submit("/configure", fields.merging(["timeout": "-1"]) { $1 })
            #expect(wrong.status == 422 && !wrong.contains("s3cret"))
            try await browser.submit("/configure", fields.merging(["saslPassword": "other"]) { $1 })
            #expect(try members(screen)["saslPassword"] == .text("other"))
            try await browser.submit(
                "/configure",
                ["servers": "127.0.0.1:1", "remove-saslPassword": "on", "action": "save-anyway"]
            )
            #expect(await browser.page.contains("What is stored as &#39;Password&#39;."))
            #expect(try members(screen)["saslPassword"] == .text("other"))
            try await browser.submit("/configure", ["answer": "yes"])
            #expect(try members(screen)["saslPassword"] == nil)
        }
    }

    @Test func `whoever doesn't want to lose settings finds the form as it was typed`() async throws {
        let text =
            #"{"servers": ["127.0.0.1:1"], "saslUser": "ada", "saslPassword": "s3cret", "dictionaries": {"pages": {"expiration": 60}}}"#
        try await TestScreen.with(text) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let fields = [
                "servers": "127.0.0.1:1", "timeout": "0.7", "remove-saslPassword": "on",
                "dictionary-0-prefix": "", "dictionary-0-expiration": "60", "action": "save-anyway",
            ]
            let question = try await browser.submit("/configure", fields)
            #expect(
                question.contains("The settings of the dictionary &#39;pages&#39;: &#39;Default expiration&#39; 60.")
            )
            let form = try await browser.submit("/configure", ["answer": "no"])
            #expect(form.status == 200)
            #expect(form.contains("value=\"0.7\""))
            #expect(form.contains("name=\"remove-saslPassword\" checked"))
            #expect(!form.contains("<legend>pages</legend>"))
            #expect(try String(contentsOfFile: screen.path, encoding: .utf8) == text)
        }
    }

    private static let pages = #"{"servers": ["127.0.0.1:1"], "dictionaries": {"pages": {"expiration": 60}}}"#

    @Test(arguments: ["yes", "no"])
    func `a question is answered once, and a second click is told so`(answer: String) async throws {
        try await TestScreen.with(Self.pages) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            try await browser.submit("/configure", ["servers": "127.0.0.1:1", "action": "save-anyway"])
            let held = try #require(await browser.hidden("held"))
            try await browser.submit("/configure", ["answer": answer])
            let second = try await browser.submit("/configure", ["answer": "yes", "held": held])
            #expect(second.status == 410 && second.contains("has been answered already"))
            #expect(!second.contains("Somebody else"))
            #expect(try (members(screen)["dictionaries"] == nil) == (answer == "yes"))
        }
    }

    @Test func `nobody else's answer is one to a question`() async throws {
        try await TestScreen.with(Self.pages) { (screen) async throws in
            let (browser, other) = (TestBrowser(screen), TestBrowser(screen))
            try await browser.open("/configure")
            try await browser.submit("/configure", ["servers": "127.0.0.1:1", "action": "save-anyway"])
            let held = try #require(await browser.hidden("held"))
            try await other.open("/configure")
            for answer in ["yes", "no"] {
                #expect(try await other.submit("/configure", ["answer": answer, "held": held]).status == 410)
                try await other.open("/configure")
            }
            #expect(try members(screen)["dictionaries"] != nil)
            try await browser.submit("/configure", ["answer": "yes"])
            #expect(try members(screen)["dictionaries"] == nil)
        }
    }

    @Test func `what is confirmed is what was asked about, and no other file`() async throws {
        try await TestScreen.with(
            #"{"servers": ["127.0.0.1:1"], "dictionaries": {"pages": {"expiration": 60}}}"#
        ) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            try await browser.submit("/configure", ["servers": "127.0.0.1:1", "action": "save-anyway"])
            let others = #"{"servers": ["127.0.0.1:1"], "dictionaries": {"users": {"expiration": 60}}}"#
            try Data(others.utf8).write(to: URL(filePath: screen.path))
            #expect(try await browser.submit("/configure", ["answer": "yes"]).status == 409)
            #expect(try String(contentsOfFile: screen.path, encoding: .utf8) == others)
        }
    }

    @Test func `what was typed stays where the file can't be read, but for a password`() async throws {
        let text = #"{"servers": ["127.0.0.1:1"], "saslUser": "ada", "saslPassword": "s3cret"}"#
        try await TestScreen.with(text) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            try Data("{".utf8).write(to: URL(filePath: screen.path))
            let fields = [
                "servers": "127.0.0.1:9", "timeout": "0.7", "saslUser": "ada", "saslPassword": "0ther",
                "dictionary-0-prefix": "pages", "dictionary-0-expiration": "60", "action": "save-anyway",
            ]
            let page = try await browser.submit("/configure", fields)
            #expect(page.status == 500)
            #expect(page.contains("is not one object of JSON"))
            for typed in ["127.0.0.1:9</textarea>", "value=\"0.7\"", "value=\"ada\"", "<legend>pages</legend>"] {
                #expect(page.contains(typed), "\(typed)")
            }
            #expect(page.contains("id=\"saslPassword-problem\""))
            #expect(!page.contains("0ther") && !page.contains("s3cret"))
            try Data(text.utf8).write(to: URL(filePath: screen.path))
            // It isn't the file that the form was made from.
            #expect(try await browser.submit("/configure", fields).status == 409)
            try await browser.submit("/configure", fields)
            #expect(try members(screen)["servers"] == .texts(["127.0.0.1:9"]))
        }
    }

    @Test func `what somebody else has saved meanwhile isn't replaced unseen`() async throws {
        try await TestScreen.with(#"{"servers": ["127.0.0.1:1"]}"#) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            try Data(#"{"servers": ["127.0.0.1:2"]}"#.utf8).write(to: URL(filePath: screen.path))
            let fields = ["servers": "127.0.0.1:3", "action": "save-anyway"]
            let page = try await browser.submit("/configure", fields)
            #expect(page.status == 409 && page.contains("127.0.0.1:3</textarea>"))
            #expect(try members(screen)["servers"] == .texts(["127.0.0.1:2"]))
            try await browser.submit("/configure", fields)
            #expect(try members(screen)["servers"] == .texts(["127.0.0.1:3"]))
            let previous = try String(contentsOfFile: screen.path + ".previous", encoding: .utf8)
            #expect(previous == #"{"servers": ["127.0.0.1:2"]}"#)
        }
    }

    @Test func `a test in between doesn't let another's change be replaced unseen`() async throws {
        try await TestScreen.with(#"{"servers": ["127.0.0.1:1"]}"#) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            try Data(#"{"servers": ["127.0.0.1:2"]}"#.utf8).write(to: URL(filePath: screen.path))
            try await browser.submit("/configure", ["servers": "127.0.0.1:3", "timeout": "0.2", "action": "test"])
            let page = try await browser.submit("/configure", ["servers": "127.0.0.1:3", "action": "save-anyway"])
            #expect(page.status == 409)
            #expect(page.contains("differs from this form in &#39;Servers&#39;"))
            let members = try members(screen)
            #expect(members["servers"] == .texts(["127.0.0.1:2"]))
        }
    }

    @Test func `settings of a dictionary without a name, or named twice, are not dropped`() async throws {
        try await TestScreen.with(
            #"{"servers": ["127.0.0.1:1"], "dictionaries": {"pages": {"expiration": 60}}}"#
        ) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let fields = [
                "servers": "127.0.0.1:1", "dictionary-0-prefix": "pages", "dictionary-0-expiration": "60",
                "dictionary-1-new": "yes", "dictionary-1-expiration": "5", "action": "save-anyway",
            ]
            let nameless = try await browser.submit("/configure", fields.merging(["dictionary-1-prefix": ""]) { $1 })
            #expect(nameless.status == 422)
            #expect(nameless.contains("Name its key prefix."))
            #expect(nameless.contains("id=\"dictionary-1-prefix-problem\""))
            let twice = try await browser.submit("/configure", fields.merging(["dictionary-1-prefix": "pages"]) { $1 })
            #expect(twice.status == 422)
            #expect(twice.contains("This prefix was given twice"))
            // One with nothing set doesn't hide what was typed, before or after it.
            for (set, empty) in [(0, 1), (1, 0)] {
                let page = try await browser.submit(
                    "/configure",
                    [
                        "servers": "127.0.0.1:1", "action": "save-anyway", "dictionary-\(set)-prefix": "users",
                        "dictionary-\(set)-expiration": "61", "dictionary-\(empty)-prefix": "users",
                    ]
                )
                #expect(page.status == 422 && page.contains("value=\"61\""))
                #expect(page.contains("This prefix was given twice, once with nothing set."))
            }
        }
    }

    @Test func `where the environment names the servers, the other settings can be saved`() async throws {
        try await TestScreen.with(environment: ["MEMCACHED_SERVERS": "127.0.0.1:1"]) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let page = try await browser.submit("/configure", ["timeout": "0.5", "action": "save-anyway"])
            #expect(page.contains("The settings are saved"))
            let members = try members(screen)
            #expect(members == ["timeout": .number(0.5)])
        }
    }

    @Test func `what the environment overrides is said at its field`() async throws {
        let environment = ["MEMCACHED_TIMEOUT": "0.7", "MEMCACHED_SERVERS": "127.0.0.1:1"]
        try await TestScreen.with(environment: environment) { (screen) async throws in
            let page = try await TestBrowser(screen).open("/configure")
            #expect(page.contains("MEMCACHED_TIMEOUT in this screen&#39;s environment is used in its place, here."))
        }
    }

    @Test func `a file that others change is followed, and a wrong one isn't`() async throws {
        try await withMemcachedTestServer { (server) async throws in
            try await TestScreen.with(#"{"servers": ["127.0.0.1:1"]}"#) { (screen) async throws in
                for text in [#"{"servers": ["\#(server.address)"]}"#, #"{"servers": []}"#] {
                    try Data(text.utf8).write(to: URL(filePath: screen.path))
                    await screen.fleet.reload()
                    let servers = await screen.fleet.configuration.servers.map { "\($0.address)" }
                    #expect(servers == [server.address])
                }
                let page = try await TestBrowser(screen).open("/servers")
                #expect(page.contains("can't be used, so that those before are in force"))
            }
        }
    }

    @Test func `a problem names fields as the form does`() async throws {
        try await TestScreen.with(#"{"servers": ["127.0.0.1:1"]}"#) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let page = try await browser.submit(
                "/configure",
                ["servers": "127.0.0.1:1", "saslUser": "ada", "action": "save-anyway"]
            )
            #expect(page.status == 422)
            #expect(page.contains("&#39;User&#39; needs &#39;Password&#39;"))
            #expect(page.contains("at most 1,000,000,000; needs &#39;Failures in a row that leave a server out&#39;"))
        }
    }
}

/// What the form's page is where the file is wrong.
@Suite(.fewAtATime) struct SettingsDamagePagesTests {
    private static let sound = #"{"servers": ["127.0.0.1:1"]}"#
    private static let damaged = #"{"servers": ["127.0.0.1:2"], "tiemout": 1, "bakcoff": 2}"#

    private func text(_ path: String) throws -> String { try String(contentsOfFile: path, encoding: .utf8) }

    /// Saves a sound file over another, and makes it wrong by hand.
    private func damage(_ screen: TestScreen, _ browser: TestBrowser, with text: String) async throws {
        try await browser.open("/configure")
        try await browser.submit("/configure", ["servers": "127.0.0.1:3", "action": "save-anyway"])
        try Data(text.utf8).write(to: URL(filePath: screen.path))
    }

    @Test func `everything wrong is told, and the file before can be put back`() async throws {
        try await TestScreen.with(Self.sound) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await damage(screen, browser, with: Self.damaged)
            let page = try await browser.open("/configure")
            #expect(page.status == 500)
            for words in ["&#39;tiemout&#39; is no setting.", "&#39;bakcoff&#39; is no setting.", screen.path] {
                #expect(page.contains(words), "\(words)")
            }
            let question = try await browser.submit("/configure/restore", [:])
            #expect(question.contains("Put the settings that were saved before back"))
            try await browser.submit("/configure/restore", ["answer": "no"])
            #expect(try text(screen.path) == Self.damaged)
            try await browser.submit("/configure/restore", [:])
            let restored = try await browser.submit("/configure/restore", ["answer": "yes"])
            #expect(restored.status == 200 && restored.contains("The settings that were saved before are back"))
            #expect(try text(screen.path) == Self.sound)
            #expect(try text(screen.path + ".previous") == Self.damaged)
            #expect(await screen.fleet.settingsProblem == nil)
            #expect(await screen.fleet.configuration.servers.map { "\($0.address)" } == ["127.0.0.1:1"])
        }
    }

    @Test func `what is no JSON is told with its place`() async throws {
        try await TestScreen.with(Self.sound) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await damage(screen, browser, with: "{\n\"servers\": [,]\n}")
            let page = try await browser.open("/configure")
            // With Foundation's reason, which tells the place.
            #expect(page.contains("is not one object of JSON: ") && page.contains(" around "))
        }
    }

    @Test func `what has changed since the page was made isn't replaced`() async throws {
        try await TestScreen.with(Self.sound) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await damage(screen, browser, with: Self.damaged)
            try await browser.open("/configure")
            try await browser.submit("/configure/restore", [:])
            let others = #"{"servers": ["127.0.0.1:4"]}"#
            try Data(others.utf8).write(to: URL(filePath: screen.path))
            #expect(try await browser.submit("/configure/restore", ["answer": "yes"]).status == 409)
            #expect(try text(screen.path) == others)
            #expect(try text(screen.path + ".previous") == Self.sound)
        }
    }

    @Test(arguments: [nil, damaged, #"{"servers": []}"#])
    func `what is no better isn't offered`(previous: String?) async throws {
        try await TestScreen.with(Self.sound) { (screen) async throws in
            if let previous { try Data(previous.utf8).write(to: URL(filePath: screen.path + ".previous")) }
            try Data(Self.damaged.utf8).write(to: URL(filePath: screen.path))
            let page = try await TestBrowser(screen).open("/configure")
            #expect(page.contains("&#39;tiemout&#39; is no setting."))
            #expect(!page.contains("/configure/restore") && page.contains("Mend the file by hand"))
        }
    }

    @Test func `read-only, nothing is put back`() async throws {
        try await TestScreen.with(Self.sound, access: Access(isReadOnly: true)) { (screen) async throws in
            let browser = TestBrowser(screen)
            try await browser.open("/configure")
            let token = await browser.hidden("token")
            try Data(Self.sound.utf8).write(to: URL(filePath: screen.path + ".previous"))
            try Data(Self.damaged.utf8).write(to: URL(filePath: screen.path))
            let page = try await browser.open("/configure")
            #expect(page.contains("are beside it") && !page.contains("/configure/restore"))
            let refused = try await browser.submit("/configure/restore", [:], token: token)
            #expect(refused.status == 403 && refused.contains("--read-only"))
            #expect(try text(screen.path) == Self.damaged)
        }
    }
}
#endif
