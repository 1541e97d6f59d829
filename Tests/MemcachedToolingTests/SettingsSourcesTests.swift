#if Configuration
import Foundation
import Memcached
import MemcachedTooling
import TestSupport
import Testing

@Suite(.fewAtATime) struct SettingsSourcesTests {
    private static let variables = [
        "MEMCACHED_DICTIONARIES_APP_PROFILES_LONGEST_KEY": "99", "MEMCACHED_DICTIONARIES_PROFILES_EXPIRATION": "7",
        "MEMCACHED_DICTIONARIES_PROFILES_EXPIRES": "7", "MEMCACHED_DICTIONARIES__EXPIRATION": "7",
        "MEMCACHED_DICTIONARIES_EXPIRATION": "7", "MEMCACHED_TIMEOUT": "1", "MEMCACHED_TIMOUT": "1", "HOME": "/",
    ]

    @Test func `a dictionary's settings are read where it is used, or the file names it`() throws {
        let unused = SettingsSources(file: nil, environment: Self.variables)
        #expect(try unused.configuration().dictionaries.isEmpty)
        #expect(
            unused.unusedVariables.map(\.name) == [
                "MEMCACHED_DICTIONARIES_APP_PROFILES_LONGEST_KEY", "MEMCACHED_DICTIONARIES_PROFILES_EXPIRATION",
            ]
        )
        #expect(
            unused.unknownVariables.map(\.name) == [
                "MEMCACHED_DICTIONARIES_EXPIRATION", "MEMCACHED_DICTIONARIES_PROFILES_EXPIRES",
                "MEMCACHED_DICTIONARIES__EXPIRATION", "MEMCACHED_TIMOUT",
            ]
        )
        for prefix in ["profiles", "Profiles"] {
            let used = SettingsSources(file: nil, prefix: prefix, environment: Self.variables)
            #expect(try used.configuration().dictionaries[prefix]?.expiration == .after(.seconds(7)))
            #expect(used.settings.contains { $0.key == "dictionaries.\(prefix).expiration" })
            #expect(used.unusedVariables.map(\.name) == ["MEMCACHED_DICTIONARIES_APP_PROFILES_LONGEST_KEY"])
            // Now it is known what was meant.
            let slip = used.unknownVariables.first { $0.name.hasSuffix("EXPIRES") }
            #expect(slip?.near == nil)
        }
        let dashed = SettingsSources(file: nil, prefix: "app-profiles", environment: Self.variables)
        #expect(try dashed.configuration().dictionaries["app-profiles"]?.longestKey == 99)
        try SettingsFolder.with { folder in
            let path = try folder.write(#"{"dictionaries": {"profiles": {}}}"#, to: "config.json")
            let named = try SettingsSources(path: path, prefix: "profiles", environment: Self.variables)
            #expect(try named.configuration().dictionaries["profiles"]?.expiration == .after(.seconds(7)))
            #expect(named.settings.count { $0.key == "dictionaries.profiles.expiration" } == 1)
        }
    }

    @Test func `a check looks at the variables of dictionaries that nobody names, too`() throws {
        try SettingsSources(file: nil, environment: Self.variables).check()
        let wrong = SettingsSources(
            file: nil,
            environment: ["MEMCACHED_DICTIONARIES_PROFILES_EXPIRATION": "-7", "MEMCACHED_BATCH_WINDOW": "many"]
        )
        let error = #expect(throws: SettingsError.self) { try wrong.check() }
        #expect(
            error?.text.split(separator: "\n").map(String.init) == [
                "the setting 'batchWindow' takes a whole number of requests, 1 or more",
                "dictionaries.profiles.expiration must be positive, or never; it is -7.0 seconds",
            ]
        )
        #expect(error?.advice?.contains("'dictionaries.profiles.expiration' comes from the environment.") == true)
    }

    @Test func `a file is checked by itself, not against what the environment has in its place`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(#"{"maximumBackoff": 1}"#, to: "config.json")
            let backoff = ["MEMCACHED_INITIAL_BACKOFF": "2", "MEMCACHED_MAXIMUM_BACKOFF": "10"]
            try SettingsSources(path: path, environment: backoff).check()
            let file = try SettingsFile(path: path)
            #expect(SettingsFile.problemsInUse(of: file.members, environment: backoff).isEmpty)
            // The password may be in the environment alone.
            let user = try folder.write(#"{"saslUser": "ada", "timeout": 2}"#, to: "user.json")
            let password = ["MEMCACHED_SASL_PASSWORD": "hush", "MEMCACHED_TIMEOUT": "1"]
            try SettingsSources(path: user, environment: password).check()
            // What isn't the file's own, but a default beside it.
            let initial = try folder.write(#"{"initialBackoff": 1000}"#, to: "initial.json")
            // Also where it is told otherwise with what the environment has.
            for others in [[:], ["MEMCACHED_MAXIMUM_BACKOFF": "100"]] {
                let environment = others.merging(["MEMCACHED_INITIAL_BACKOFF": "1"]) { $1 }
                let sources = try SettingsSources(path: initial, environment: environment)
                let error = #expect(throws: SettingsError.self) { try sources.check() }
                #expect(error?.text.contains("maximumBackoff") == true)
                #expect(error?.advice?.hasPrefix("So it is by the file \(initial);") == true)
            }
            // What is told of what is in force isn't told twice.
            let short = try SettingsSources(path: initial, environment: ["MEMCACHED_MAXIMUM_BACKOFF": "100"])
            let error = #expect(throws: SettingsError.self) { try short.check() }
            #expect(error?.text.contains("maximumBackoff must not be less than initialBackoff; it is 100") == true)
            #expect(error?.text.split(separator: "\n").count == 1)
        }
    }

    #if TLS
    @Test func `a file's certificate, with its key in it, isn't paired with the environment's key`() throws {
        let fixtures = #filePath.replacing("Tests/MemcachedToolingTests/SettingsSourcesTests.swift", with: "Fixtures")
        func pem(_ name: String) throws -> String {
            try String(contentsOfFile: "\(fixtures)/certificates/\(name)", encoding: .utf8)
        }
        try SettingsFolder.with { folder in
            let own = try folder.write(pem("client.pem") + pem("client.key"), to: "own.pem")
            let key = "\(fixtures)/certificates/server.key"
            let both = [
                "MEMCACHED_TLS_CERTIFICATE_FILE": "\(fixtures)/certificates/server.pem",
                "MEMCACHED_TLS_PRIVATE_KEY_FILE": key,
            ]
            let members: [String: SettingValue] = ["servers": .texts(["cache-1"]), "tlsCertificateFile": .text(own)]
            #expect(try SettingsFile.configuration(members, before: both).connection.tls != nil)
            // Whose key is only there means that one.
            let alone = ["MEMCACHED_TLS_PRIVATE_KEY_FILE": key]
            #expect(throws: MemcachedError.self) { try SettingsFile.configuration(members, before: alone) }
        }
    }
    #endif

    @Test func `a file with what is no setting is refused with all that is wrong`() throws {
        try SettingsFolder.with { folder in
            let path = try folder.write(
                #"{"timout": 1, "connections": -4, "timeout": "x", "servers": [1], "dictionaries": {"s": null, "t": {"a": 1}}}"#,
                to: "config.json"
            )
            let error = #expect(throws: SettingsError.self) { try SettingsSources(path: path, environment: [:]) }
            let beginning = "the configuration file '\(path)' "
            #expect(
                error?.text.split(separator: "\n").map(String.init) == [
                    "\(beginning)has 'connections', which is no setting",
                    "\(beginning)has 'dictionaries.s', which is no setting",
                    "\(beginning)has 'dictionaries.t.a', which is no setting",
                    "\(beginning)has 'timout', which is no setting",
                    "\(beginning)gives 'servers' a value that no setting takes; it takes a list of texts, "
                        + "at least one HOST[:PORT][=WEIGHT], [IPv6]:PORT or unix:PATH",
                    "the setting 'timeout' takes a number of seconds, more than 0, at most 1,000,000,000",
                ]
            )
            let unchecked = #expect(throws: SettingsError.self) { try SettingsFile(path: path) }
            #expect(unchecked?.text.split(separator: "\n").count == 5)
        }
    }
}
#endif
