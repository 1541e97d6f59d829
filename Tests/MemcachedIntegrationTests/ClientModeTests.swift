import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("The client and memcached's options", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct ClientModeTests {
    @Test("Without CAS (-C) a compare-and-swap throws, and never overwrites")
    func withoutCAS() async throws {
        try await MemcachedProcess.withMemcached(["-C"]) { process in
            try await withClient(of: [process.address]) { client in
                let version = try await client.set("key", to: bytes("old"))
                #expect(version.cas == 0)
                for version in [version, try #require(try await client.get("key")).version] {
                    let swap = await code {
                        try await client.compareAndSwap("key", to: bytes("new"), expecting: version)
                    }
                    #expect(swap == .versionUnusable)
                    #expect(await code { try await client.delete("key", expecting: version) } == .versionUnusable)
                }
                let batch = await client.compareAndSwapMany(["key": (StoreItem(value: bytes("new")), version)])
                #expect(await code { try batch["key"]?.get() } == .versionUnusable)
                #expect(try await client.get("key")?.value == bytes("old"))
            }
        }
    }

    @Test("A full server that evicts nothing (-M) says that it is out of memory, and serves on")
    func fullMemory() async throws {
        try await MemcachedProcess.withMemcached(["-M", "-m", "2"]) { process in
            try await withClient(of: [process.address]) { client in
                let value = ByteBuffer(repeating: 0, count: 500_000)
                var codes: Set<MemcachedError.Code?> = []
                for number in 0..<40 { codes.insert(await code { try await client.set("\(number)", to: value) }) }
                #expect(codes == [nil, .outOfMemory])
                let first = try await client.get("0")
                #expect(first?.value == value)
            }
        }
    }

    @Test("A value over the server's own item size is refused before it is sent, and the old one is kept")
    func smallItems() async throws {
        try await MemcachedProcess.withMemcached(["-I", "1k", "-o", "slab_chunk_max=512"]) { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("key", to: bytes("old"))
                let large = ByteBuffer(repeating: 0, count: 1024)
                #expect(await code { try await client.set("key", to: large) } == .valueTooLarge)
                let items = ["key": StoreItem(value: large), "other": StoreItem(value: bytes("new"))]
                let batch = await client.setMany(items)
                #expect(await code { try batch["key"]?.get() } == .valueTooLarge)
                #expect(await code { try batch["other"]?.get() } == nil)
                #expect(try await client.get("key")?.value == bytes("old"))
                #expect(try await client.get("other")?.value == bytes("new"))
            }
        }
    }

    @Test("A server that speaks text only (-B ascii) is named for what it is")
    func textOnly() async throws {
        try await MemcachedProcess.withMemcached(["-B", "ascii"]) { process in
            try await withClient(of: [process.address]) { client in
                let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                #expect(error?.code == .protocolViolation)
                #expect(error?.message.contains("-B ascii") == true, "\(String(describing: error))")
            }
        }
    }

    @Test("A server that wants authentication (-S) says so", .needsSASL)
    func authentication() async throws {
        try await SASLDatabase.withDatabase { database in
            try await MemcachedProcess.withMemcached(["-S"], environment: database.environment) { process in
                try await withClient(of: [process.address]) { client in
                    #expect(await code { try await client.get("key") } == .authenticationRequired)
                }
            }
        }
    }

    @Test("A server that allows no FLUSH (-F) refuses it, and serves on")
    func flushOff() async throws {
        try await MemcachedProcess.withMemcached(["-F"]) { process in
            try await withClient(of: [process.address]) { client in
                try await client.set("key", to: bytes("value"))
                let result = await client.flush().values.first
                #expect(await code { try result?.get() } == .refused)
                #expect(try await client.get("key")?.value == bytes("value"))
            }
        }
    }
}
