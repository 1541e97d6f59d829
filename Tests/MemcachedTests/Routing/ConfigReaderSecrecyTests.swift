#if Configuration
import Configuration
import Memcached
import TestSupport
import Testing

/// What of the settings concerns secrecy: TLS, and what errors and logs show.
@Suite(.fewAtATime) struct ConfigReaderSecrecyTests {
    private func configuration(_ settings: [String: ConfigContent]) throws -> MemcachedClient.Configuration {
        var values: [AbsoluteConfigKey: ConfigValue] = ["servers": .init(.stringArray(["cache-1"]), isSecret: false)]
        for (key, content) in settings { values[AbsoluteConfigKey([key])] = .init(content, isSecret: false) }
        return try MemcachedClient.Configuration(config: ConfigReader(provider: InMemoryProvider(values: values)))
    }

    #if TLS
    @Test func `TLS is off unless a setting asks for it`() throws {
        #expect(try configuration([:]).connection.tls == nil)
        #expect(
            try configuration(["tls": .bool(false), "tlsServerName": .string("a.example")]).connection.tls == nil
        )
        #expect(try configuration(["tls": .bool(true)]).connection.tls != nil)
        let named = try configuration(["tlsServerName": .string("a.example")]).connection.tls
        #expect(named?.description == "TLS to 'a.example'")
    }

    @Test(
        arguments: [
            (["tlsTrustRootsFile": .string("/nowhere/ca.pem")], "/nowhere/ca.pem"),
            (["tlsCertificateFile": .string("/nowhere/client.pem")], "/nowhere/client.pem"),
            (["tlsPrivateKeyFile": .string("/nowhere/client.key")], "/nowhere/client.key"),
            (["tlsServerName": .string("10.0.0.1")], "10.0.0.1"),
            (["tls": .string("perhaps")], "'tls' takes true or false"),
        ] as [([String: ConfigContent], String)]
    )
    func `a wrong setting of TLS is an error that names it`(tls: [String: ConfigContent], named: String) throws {
        let error = #expect(throws: MemcachedError.self) { try configuration(tls) }
        #expect(error?.code == .invalidArgument)
        #expect(error?.message.contains(named) == true, "\(error?.message ?? "")")
    }
    #else
    @Test(arguments: [["tls": .bool(true)], ["tlsTrustRootsFile": .string("ca.pem")]] as [[String: ConfigContent]])
    func `without the trait TLS a setting that asks for it is an error, and not ignored`(
        tls: [String: ConfigContent]
    ) throws {
        let error = #expect(throws: MemcachedError.self) { try configuration(tls) }
        #expect(error?.message.contains("built without the trait TLS") == true)
    }
    #endif

    @Test func `redaction is read`() throws {
        #expect(try configuration(["redactsKeysAndValues": .bool(true)]).redactsKeysAndValues)
    }
}
#endif
