#if Configuration
import Configuration
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Memcached

@Suite(.fewAtATime) struct ConfigReaderTests {
    private static let servers = ["cache-1", "cache-2:11311=3", "unix:/run/memcached.sock"]

    private func reader(_ values: [AbsoluteConfigKey: ConfigValue]) -> ConfigReader {
        ConfigReader(provider: InMemoryProvider(values: values))
    }

    @Test func `settings are read, and those that are left out keep their defaults`() throws {
        let configuration = try MemcachedClient.Configuration(
            config: reader([
                "servers": .init(.stringArray(Self.servers), isSecret: false),
                "timeout": .init(.double(0.25), isSecret: false),
                "connectTimeout": .init(.int(3), isSecret: false),
                "busyPollTime": .init(.double(0.00005), isSecret: false),
                "connectionsPerServer": .init(.int(2), isSecret: false),
                "overloadPolicy": .init(.string("fail"), isSecret: false),
                "failurePolicy": .init(.string("nextServer"), isSecret: false),
                "ejectionFailures": .init(.int(7), isSecret: false),
                "ejectionTrialInterval": .init(.double(0.5), isSecret: false),
            ])
        )
        #expect(
            configuration.servers == [
                MemcachedServer(.host("cache-1")), MemcachedServer(.host("cache-2", port: 11311), weight: 3),
                MemcachedServer(.unixSocket(path: "/run/memcached.sock")),
            ]
        )
        #expect(configuration.timeout == .milliseconds(250))
        #expect(configuration.connection.connectTimeout == .seconds(3))
        #expect(configuration.connection.busyPollTime == .microseconds(50))
        #expect(configuration.connectionsPerServer == 2)
        #expect(configuration.connection.overloadPolicy == .fail)
        #expect(configuration.failurePolicy == .nextServer)
        #expect(configuration.ejection == ServerEjection(failures: 7, trialInterval: .milliseconds(500)))
        #expect(configuration.connection.stallTimeout == ConnectionConfiguration().stallTimeout)
    }

    /// Notes which settings are read.
    private final class Reading: AccessReporter {
        let keys = NIOLockedValueBox<Set<String>>([])
        let secrets = NIOLockedValueBox<Set<String>>([])

        func report(_ event: AccessEvent) {
            _ = keys.withLockedValue { $0.insert(event.metadata.key.description) }
            guard case .success(let value?) = event.result, value.isSecret else { return }
            _ = secrets.withLockedValue { $0.insert(event.metadata.key.description) }
        }
    }

    @Test func `the list of settings has each that is read, and no other`() throws {
        var read: Set<String> = []
        for isAuthenticated in [false, true] {
            let reading = Reading()
            var values: [AbsoluteConfigKey: ConfigValue] = [
                "servers": .init(.stringArray(["cache-1"]), isSecret: false)
            ]
            if isAuthenticated {
                values["saslUser"] = .init(.string("ada"), isSecret: false)
                values["saslPassword"] = .init(.string("secret"), isSecret: false)
            }
            let reader = ConfigReader(provider: InMemoryProvider(values: values), accessReporter: reading)
            _ = try MemcachedClient.Configuration(config: reader)
            // What the provider doesn't know to be a secret is read as one.
            #expect(reading.secrets.withLockedValue { $0 } == (isAuthenticated ? ["saslPassword"] : []))
            read.formUnion(reading.keys.withLockedValue { $0 })
        }
        // The list of the keys that there are is asked for, too.
        #expect(read == Set(ClientSetting.all.map(\.key) + ["*settings*"]))
        #expect(ClientSetting.all.count == Set(ClientSetting.all.map(\.key)).count)
    }

    @Test func `a setting's text is what is configured`() throws {
        var configuration = ClientConfiguration(servers: [
            try MemcachedServer("cache-1=2"), try MemcachedServer("cache-2"),
        ])
        configuration.timeout = .milliseconds(250)
        configuration.ejection = ServerEjection(failures: 7)
        configuration.connection.credentials = SASLCredentials(user: "ada", password: "secret")
        let texts = Dictionary(
            uniqueKeysWithValues: ClientSetting.all.map { ($0.key, $0.value(configuration)) }
        )
        for (key, text) in [
            ("servers", "cache-1:11211=2, cache-2:11211"), ("timeout", "0.25"), ("connectTimeout", "1"),
            ("failurePolicy", "fail"),
            ("ejectionFailures", "7"), ("overloadPolicy", "wait"), ("saslUser", "ada"), ("saslPassword", "(secret)"),
            ("busyPollTime", "0.00015"), ("batchWindow", "1024"), ("tlsServerName", nil),
        ] as [(String, String?)] {
            #expect(texts[key] == text, "\(key)")
        }
    }

    @Test(
        arguments: [
            ("servers", ConfigContent.stringArray(["cache-1:99999"]), "99999"),
            ("servers", .int(4), "servers"),
            ("timeout", .string("soon"), "timeout"),
            ("timeout", .double(-1), "timeout"),
            ("connectionsPerServer", .int(0), "connectionsPerServer"),
            ("batchWindow", .string("many"), "batchWindow"),
            ("overloadPolicy", .string("panic"), "panic"),
            ("failurePolicy", .string("retry"), "fail or nextServer"),
            ("ejectionFailures", .int(0), "'ejectionFailures': ejection.failures must be 1 or more; it is 0"),
            (
                "servers", .stringArray(["cache-1", "cache-1:11211"]),
                "'servers': the server cache-1:11211 is configured twice"
            ),
            ("servers", .intArray([11_211]), "'servers' takes a list of texts"),
            ("timeout", .intArray([1]), "'timeout' takes a number of seconds, more than 0, at most 1,000,000,000"),
            ("timeout", .double(1e9 + 1), "at most 1,000,000,000; it is 1000000001.0"),
            ("batchWindow", .doubleArray([1.5]), "'batchWindow' takes a whole number of requests, 1 or more"),
            ("overloadPolicy", .boolArray([true]), "'overloadPolicy' takes a text, wait or fail"),
            ("redactsKeysAndValues", .boolArray([true]), "'redactsKeysAndValues' takes true or false"),
            ("compressAbove", .intArray([1]), "'compressAbove' takes a whole number of bytes, 0 or more, or never"),
        ]
    )
    func `a wrong setting is an error that names it`(key: String, content: ConfigContent, named: String) throws {
        var values: [AbsoluteConfigKey: ConfigValue] = ["servers": .init(.stringArray(["cache-1"]), isSecret: false)]
        values[AbsoluteConfigKey([key])] = .init(content, isSecret: false)
        let error = #expect(throws: MemcachedError.self) {
            try MemcachedClient.Configuration(config: reader(values))
        }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
        #expect(error?.message.contains("\(key)") == true, "\(error?.message ?? "")")
    }

    @Test func `credentials are read`() throws {
        let configuration = try MemcachedClient.Configuration(
            config: reader([
                "servers": .init(.stringArray(Self.servers), isSecret: false),
                "saslUser": .init(.string("ada"), isSecret: false),
                "saslPassword": .init(.string("swordfish"), isSecret: true),
                "saslMechanism": .init(.string("SCRAM-SHA-256"), isSecret: false),
                "saslAllowsPlainTextWithoutTLS": .init(.bool(true), isSecret: false),
            ])
        )
        let credentials = try #require(configuration.connection.credentials)
        #expect(credentials.user == "ada")
        #expect(credentials.password.text == "swordfish")
        #expect(credentials.mechanism == .scramSHA256)
        #expect(credentials.allowsPlainTextWithoutTLS)
    }

    @Test(
        arguments: [
            (["saslUser": ConfigContent.string("ada")], "'saslPassword'"),
            (["saslUser": .string("ada"), "saslPassword": .int(4_711)], "'saslPassword'"),
            (["saslUser": .int(7), "saslPassword": .string("swordfish")], "'saslUser'"),
            (["saslPassword": .string("swordfish")], "'saslUser'"),
            (["saslPassword": .intArray([4_711])], "'saslUser'"), (["saslMechanism": .string("PLAIN")], "'saslUser'"),
            (["saslAllowsPlainTextWithoutTLS": .bool(true)], "'saslUser'"),
            (
                ["saslUser": .string("ada"), "saslPassword": .string("swordfish"), "saslMechanism": .string("LOGIN")],
                "LOGIN"
            ),
            (["saslUser": .string("ada"), "saslPassword": .string("swordfish\n")], "control character"),
            (
                [
                    "saslUser": .string("ada"), "saslPassword": .string("swordfish"),
                    "saslAllowsPlainTextWithoutTLS": .string("maybe"),
                ],
                "true or false"
            ),
        ]
    )
    func `wrong credentials are an error that doesn't show the password`(
        settings: [String: ConfigContent],
        named: String
    ) throws {
        var values: [AbsoluteConfigKey: ConfigValue] = ["servers": .init(.stringArray(["cache-1"]), isSecret: false)]
        for (key, content) in settings {
            values[AbsoluteConfigKey([key])] = .init(content, isSecret: key == "saslPassword")
        }
        let error = #expect(throws: MemcachedError.self) {
            try MemcachedClient.Configuration(config: reader(values))
        }
        #expect(error?.code == .invalidArgument)
        let message = error.map { "\($0)" } ?? ""
        #expect(message.contains(named), "\(message)")
        #expect(!message.contains("swordfish") && !message.contains("4711"))
    }

    @Test func `the user of the process is not that of the servers`() throws {
        let environment = EnvironmentVariablesProvider(environmentVariables: [
            "SERVERS": "cache-1", "USER": "root", "PASSWORD": "swordfish",
        ])
        let configuration = try MemcachedClient.Configuration(config: ConfigReader(provider: environment))
        #expect(configuration.connection.credentials == nil)
    }

    @Test func `servers are required`() {
        let error = #expect(throws: MemcachedError.self) { try MemcachedClient.Configuration(config: reader([:])) }
        #expect(error?.message.contains("'servers' is missing") == true)
    }
}
#endif
