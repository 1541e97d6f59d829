#if Configuration
import Configuration
import Memcached
import TestSupport
import Testing

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
        #expect(configuration.connectionsPerServer == 2)
        #expect(configuration.connection.overloadPolicy == .fail)
        #expect(configuration.failurePolicy == .nextServer)
        #expect(configuration.ejection == Ejection(failures: 7, trialInterval: .milliseconds(500)))
        #expect(configuration.connection.stallTimeout == ConnectionConfiguration().stallTimeout)
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
            ("ejectionFailures", .int(0), "ejection.failures"),
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
    }

    @Test func `servers are required`() {
        let error = #expect(throws: MemcachedError.self) { try MemcachedClient.Configuration(config: reader([:])) }
        #expect(error?.message.contains("'servers' is missing") == true)
    }
}
#endif
