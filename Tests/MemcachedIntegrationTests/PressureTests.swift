import Foundation
import Memcached
import MemcachedFraming
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

/// Ten thousand callers, batches of a hundred thousand keys and of a gigabyte, and servers that read nothing.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct PressureTests {
    private static let callers = 10_000
    /// All share it.
    private static let value = ByteBuffer(repeating: 7, count: 16 * 1024)

    private static func limits(_ policy: ConnectionConfiguration.OverloadPolicy) -> ConnectionConfiguration {
        var configuration = ConnectionConfiguration()
        configuration.maximumRequestsInFlight = 1_000
        configuration.maximumBytesInFlight = 8 * 1024 * 1024
        configuration.stallTimeout = .seconds(600)
        configuration.connectTimeout = .seconds(20)
        configuration.overloadPolicy = policy
        return configuration
    }

    @Test(arguments: [ConnectionConfiguration.OverloadPolicy.wait, .fail])
    func `a server that never reads fills the bounds and no more, swift-nio's own buffers included`(
        policy: ConnectionConfiguration.OverloadPolicy
    ) async throws {
        let accepted = NIOLockedValueBox<[any Channel]>([])
        let server = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelOption(.autoRead, value: false)
            .childChannelInitializer { channel in
                accepted.withLockedValue { $0.append(channel) }
                return channel.eventLoop.makeSucceededVoidFuture()
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let address = ServerAddress.host("127.0.0.1", port: try #require(server.localAddress?.port))
        let limits = Self.limits(policy)
        let loop = MultiThreadedEventLoopGroup.singleton.any()
        let connection = try await SocketTransport().connect(to: address, on: loop, configuration: limits)
        let request = try Request.store(.set, ItemKey("key"), value: Self.value, flags: 0, expiration: 0)
        let deadline = loop.now + .seconds(2)
        var ends: [String: Int] = [:]
        await withTaskGroup(of: String.self) { group in
            for _ in 0..<Self.callers {
                group.addTask {
                    guard case .failure(let failure) = await connection.send(request, deadline: deadline) else {
                        return "answered"
                    }
                    return "\(failure.reason)"
                }
            }
            for await end in group { ends[end, default: 0] += 1 }
        }
        let (usage, peak, buffered) = try await loop.submit {
            (
                connection.load, connection.peakLoad,
                try connection.channel.syncOptions?.getOption(.bufferedWritableBytes) ?? -1
            )
        }.get()
        print(
            "a server that never reads (\(policy)): \(usage), at most \(peak), \(buffered) of them in swift-nio's buffers, \(memory())"
        )
        #expect(peak.bytes <= limits.maximumBytesInFlight && peak.requests <= limits.maximumRequestsInFlight)
        // The bound was met, and the kernel hasn't taken all.
        #expect(usage.bytes > limits.maximumBytesInFlight - 2 * Self.value.readableBytes)
        #expect(buffered > 0 && buffered <= usage.bytes)
        #expect(usage.waiting == 0)
        switch policy {
        case .wait: #expect(ends == ["timedOut": Self.callers])
        case .fail: #expect(ends.keys.sorted() == ["overloaded", "timedOut"])
        }
        connection.close()
        try await connection.channel.closeFuture.get()
        try await server.close()
        for channel in accepted.withLockedValue({ $0 }) { try? await channel.close() }
    }

    @Test(arguments: [ConnectionConfiguration.OverloadPolicy.wait, .fail])
    func `ten thousand callers of a server that stands still end in time, and afterwards the client is as new`(
        policy: ConnectionConfiguration.OverloadPolicy
    ) async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) {
                $0.connection = Self.limits(policy)
                $0.maximumBackoff = .milliseconds(50)
            } _: { client in
                try await client.set("key", to: Self.value)
                let connection = try #require(client.connection)
                try process.stop()
                let hasty = client.timeout(.seconds(2))
                var ends: [MemcachedError.Code: Int] = [:]
                await withTaskGroup(of: MemcachedError.Code?.self) { group in
                    for number in 0..<Self.callers {
                        group.addTask {
                            do throws(MemcachedError) {
                                if number.isMultiple(of: 2) {
                                    _ = try await hasty.get("key")
                                } else {
                                    try await hasty.set("key", to: Self.value)
                                }
                                return nil
                            } catch {
                                return error.code
                            }
                        }
                    }
                    for await end in group { if let end { ends[end, default: 0] += 1 } }
                }
                let (usage, peak) = (connection.load, connection.peakLoad)
                print("a server that stands still (\(policy)): \(usage), at most \(peak), \(ends), \(memory())")
                #expect(ends.values.reduce(0, +) == Self.callers)
                let expected: Set<MemcachedError.Code> = [.timedOut, .outcomeUnknown]
                #expect(Set(ends.keys) == (policy == .fail ? expected.union([.overloaded]) : expected))
                #expect(peak.bytes <= 8 * 1024 * 1024 && peak.requests <= 1_000 && usage.waiting == 0)
                try process.resume()
                let patience = client.timeout(.seconds(20))
                var item: MemcachedItem?
                repeat {
                    // While the tombstones fill the bounds, a call may be refused.
                    item = try? await patience.get("key")
                } while item == nil
                #expect(item?.value == Self.value)
                while connection.load.requests > 0 { await Task.yield() }
                #expect(connection.load.bytes == 0)
                #expect(client.connection === connection)
            }
        }
    }

    @Test func `callers that keep to the bounds one after the other are never refused`() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) {
                $0.connection.maximumRequestsInFlight = 8
                $0.connection.overloadPolicy = .fail
                $0.timeout = .seconds(600)
            } _: { client in
                try await client.set("key", to: bytes("value"))
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for _ in 0..<8 {
                        group.addTask { () async throws in
                            for _ in 0..<5_000 {
                                let item = try await client.get("key")
                                #expect(item?.value == bytes("value"))
                            }
                        }
                    }
                    try await group.waitForAll()
                }
            }
        }
    }

    @Test func `a batch of 100,000 keys keeps to the bounds`() async throws {
        try await MemcachedProcess.withMemcached { process in
            try await withClient(of: [process.address]) {
                $0.connection.maximumRequestsInFlight = 2_048
            } _: { client in
                let names = (0..<100_000).map { "key-\($0)" }
                let items = Dictionary(uniqueKeysWithValues: names.map { ($0, StoreItem(value: bytes($0))) })
                #expect(await client.setMany(items).values.allSatisfy { (try? $0.get()) != nil })
                let read = await client.getMany(names)
                #expect(read.count == names.count)
                #expect(read.allSatisfy { (try? $0.value.get())?.value == bytes($0.key) })
                let connection = try #require(client.connection)
                while connection.load.requests > 0 { await Task.yield() }
                let peak = connection.peakLoad
                print("100,000 keys: at most \(peak), \(memory())")
                #expect(peak.requests <= 2_048)
            }
        }
    }

    /// A gigabyte where MEMCACHED_TESTS_GIGABYTE is set, otherwise a quarter of it.
    @Test func `a batch of a great many bytes keeps to the bounds`() async throws {
        let isWhole = ProcessInfo.processInfo.environment["MEMCACHED_TESTS_GIGABYTE"] != nil
        let count = isWhole ? 2_048 : 512
        try await MemcachedProcess.withMemcached(["-m", isWhole ? "1400" : "400"]) { process in
            try await withClient(of: [process.address]) {
                $0.timeout = .seconds(120)
                $0.connection.maximumBytesInFlight = 4 * 1024 * 1024
            } _: { client in
                let value = ByteBuffer(repeating: 7, count: 512 * 1024)
                let names = (0..<count).map { "key-\($0)" }
                let items = Dictionary(uniqueKeysWithValues: names.map { ($0, StoreItem(value: value)) })
                #expect(await client.setMany(items).values.allSatisfy { (try? $0.get()) != nil })
                for start in stride(from: 0, to: count, by: 64) {
                    let read = await client.getMany(names[start..<start + 64])
                    #expect(read.values.allSatisfy { (try? $0.get())?.value == value })
                }
                // All in one batch: the bound on bytes is for requests; replies of far more come whole, for each name.
                let all = await client.getMany(names)
                #expect(names.allSatisfy { (try? all[$0]?.get())?.value == value })
                let connection = try #require(client.connection)
                // A caller may go on a moment before its room is free.
                while connection.load.bytes > 0 { await Task.yield() }
                let peak = connection.peakLoad
                print("\(count / 2) MiB in one batch: at most \(peak), \(memory())")
                #expect(peak.bytes <= 4 * 1024 * 1024)
            }
        }
    }
}

/// The process's memory, now and at its most, as Linux tells it.
private func memory() -> String {
    let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
    let lines = status.split(separator: "\n").filter { $0.hasPrefix("VmHWM") || $0.hasPrefix("VmRSS") }
    return lines.map { $0.split(whereSeparator: \.isWhitespace).joined(separator: " ") }.joined(separator: ", ")
}
