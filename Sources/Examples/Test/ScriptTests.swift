import Memcached
import MemcachedTesting
import TestSupport
import Testing

@testable import ExampleScript

@Suite(.fewAtATime) struct ScriptTests {
    @Test func `each run of the script counts a visit`() async throws {
        try await withMemcachedTestServer { server in
            try await Script.run(servers: [server.address])
            try await Script.run(servers: [server.address])

            // The server can be looked into, without a client.
            let item = try #require(server.item(forKey: "profiles:ada"))
            #expect(item.remainingLifetime == .seconds(3600))

            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())
                let ada = try await profiles["ada"]
                #expect(ada?.visits == 2)
            }
        }
    }
}
