import InMemoryLogging
import Logging
import MemcachedFraming
import MemcachedTesting
import NIOCore
import NIOPosix
import TestSupport
import Testing

@testable import Memcached

/// With `redactsKeysAndValues` no error and no log line shows a key or a value. Without it they do, which proves that these tests would
/// see them.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct RedactionTests {
    private static func configuration(_ address: String, _ redacts: Bool) throws -> MemcachedClient.Configuration {
        var configuration = MemcachedClient.Configuration(servers: [try MemcachedServer(address)])
        configuration.redactsKeysAndValues = redacts
        configuration.timeout = .seconds(30)
        configuration.connection.connectTimeout = .seconds(20)
        configuration.initialBackoff = .milliseconds(1)
        configuration.maximumBackoff = .milliseconds(10)
        return configuration
    }

    private func logger(_ handler: InMemoryLogHandler) -> Logger {
        var handler = handler
        handler.logLevel = .trace
        return Logger(label: "redaction") { [handler] _ in handler }
    }

    private func lines(_ handler: InMemoryLogHandler) -> [String] {
        handler.entries.map { "\($0.message) \($0.metadata)" }
    }

    private func check(_ provocations: [Provocations.Provocation], redacts: Bool) async {
        for (index, provocation) in provocations.enumerated() {
            let error = await #expect(throws: MemcachedError.self, "\(index)") { try await provocation.call() }
            guard let error else { continue }
            #expect(error.code == provocation.code, "\(index): \(error)")
            #expect(Provocations.isShown(in: error) == !redacts, "\(index): \(error)")
            if redacts { #expect(error.key == nil) }
            #expect(!Provocations.isShown(in: error.redacted))
        }
    }

    @Test(arguments: [true, false])
    func `errors of wrong input and of deadlines show nothing`(redacts: Bool) async throws {
        let client = try MemcachedClient(configuration: Self.configuration("127.0.0.1:1", redacts))
        await check(Provocations(client).ofInput(), redacts: redacts)
        await client.shutdown()
        await check(
            [
                (.clientClosed, { _ = try await Provocations(client).texts[Provocations.key] }),
                (.clientClosed, { _ = try await Provocations(client).texts.values(forKeys: [Provocations.key]) }),
            ],
            redacts: redacts
        )
    }

    @Test(arguments: [true, false])
    func `errors of what a server holds and answers show nothing, and neither does the log`(redacts: Bool) async throws
    {
        let log = InMemoryLogHandler()
        try await withMemcachedTestServer { server in
            let configuration = try Self.configuration(server.address, redacts)
            try await withMemcachedClient(configuration: configuration, logger: logger(log)) { client in
                await check(Provocations(client).ofServer(server), redacts: redacts)
                await server.shutdown()
                let error = await #expect(throws: MemcachedError.self) { try await client.get(Provocations.key) }
                #expect(error.map(Provocations.isShown) == !redacts)
            }
        }
        #expect(!lines(log).isEmpty)
        #expect(!lines(log).contains(where: Provocations.isShown))
    }

    @Test(arguments: [true, false])
    func `an unknown outcome, a lost connection and a cancelled call show nothing`(redacts: Bool) throws {
        let fleet = try Fleet { $0.redactsKeysAndValues = redacts }
        defer { fleet.finish() }
        func begin(_ call: @escaping @Sendable (Provocations) async throws -> Void) -> Call<MemcachedError?> {
            fleet.call { client in
                do {
                    try await call(Provocations(client))
                    return nil
                } catch {
                    return error as? MemcachedError
                }
            }
        }
        let running = fleet.run()
        let wire = try fleet.accept()
        let overdue = begin {
            try await $0.texts.timeout(.seconds(1)).store(Provocations.value, forKey: Provocations.key)
        }
        let batch = begin { try await $0.texts.timeout(.seconds(1)).store([Provocations.key: Provocations.value]) }
        let updating = begin {
            try await $0.texts.timeout(.seconds(1)).update(forKey: Provocations.key) { $0 += "!" }
        }
        let cancelled = begin {
            try await $0.texts.timeout(.seconds(9)).store(Provocations.value, forKey: Provocations.key)
        }
        let lost = begin { try await $0.texts.timeout(.seconds(9)).store(Provocations.value, forKey: Provocations.key) }
        fleet.advance(.seconds(2))
        cancelled.cancel()
        fleet.settle()
        // What a server that speaks text may quote.
        try wire.receive(ByteBuffer(string: "CLIENT_ERROR \(Provocations.prefix) \(Provocations.value)\r\n"))
        for (call, code) in [
            (overdue, MemcachedError.Code.outcomeUnknown), (batch, .outcomeUnknown), (updating, .timedOut),
            (cancelled, .outcomeUnknown), (lost, .outcomeUnknown),
        ] {
            let error = try #require(call.value ?? nil)
            #expect(error.code == code)
            #expect(Provocations.isShown(in: error) == !redacts, "\(error)")
        }
        #expect(((lost.value ?? nil)?.cause as? MemcachedError)?.code == .protocolViolation)
        #expect(running.value == nil)
    }

    @Test(arguments: [true, false])
    func `what a server says that speaks text is in no error and no log`(redacts: Bool) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(Quoter())
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let log = InMemoryLogHandler()
        let configuration = try Self.configuration("127.0.0.1:\(listener.localAddress?.port ?? 0)", redacts)
        try await withMemcachedClient(configuration: configuration, logger: logger(log)) { client in
            let key = Provocations.key
            let error = await #expect(throws: MemcachedError.self) { try await client.get(key) }
            #expect(error?.code == .protocolViolation)
            #expect(error.map(Provocations.isShown) == !redacts)
            for (_, result) in await client.version() {
                let error = #expect(throws: MemcachedError.self) { try result.get() }
                #expect(error.map(Provocations.isShown) == !redacts)
            }
        }
        #expect(lines(log).contains(where: Provocations.isShown) == !redacts)
        try await listener.close()
    }

    @Test func `a secret key doesn't describe itself, and is the same key`() throws {
        let (open, secret) = (try ItemKey("alice"), try ItemKey(prefix: "", name: "alice", isSecret: true))
        #expect("\(open)" == "alice")
        #expect("\(secret)" == "(redacted)")
        #expect(open == secret)
        #expect(open.hashValue == secret.hashValue)
    }
}

/// A server that quotes secrets as soon as anybody connects.
private final class Quoter: ChannelInboundHandler, Sendable {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    func channelActive(context: ChannelHandlerContext) {
        let line = "CLIENT_ERROR \(Provocations.prefix) \(Provocations.value)\r\n"
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: line)), promise: nil)
    }
}
