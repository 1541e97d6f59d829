import Logging
import MemcachedFraming
import NIOConcurrencyHelpers
import NIOCore
import NIOEmbedded
import Testing

@testable import Memcached

/// A client whose servers are played by the test: connections are established, refused and answered when the test says so, in
/// virtual time and on one thread.
final class Fleet {
    let loop = EmbeddedEventLoop()
    let executor = StepExecutor()
    let transport = FakeTransport()
    let client: MemcachedClient

    init(
        servers: Int = 1,
        logger: Logger = Logger(label: "fleet") { _ in SwiftLogNoOpLogHandler() },
        configure: (inout ClientConfiguration) -> Void = { _ in }
    ) throws {
        var configuration = ClientConfiguration(
            servers: (1...servers).map { MemcachedServer(.host("cache-\($0)")) }
        )
        configure(&configuration)
        var environment = ClientEnvironment(
            eventLoopGroup: loop,
            transport: transport,
            logger: logger
        )
        environment.wallClock = { 1_700_000_000 }
        // The longest waits.
        environment.random = { .max }
        client = try MemcachedClient(configuration: configuration, environment: environment)
    }

    func settle() { executor.settle(loop) }

    func advance(_ time: TimeAmount) {
        loop.advanceTime(by: time)
        settle()
    }

    func call<Value: Sendable>(_ body: @escaping @Sendable (MemcachedClient) async -> Value) -> Call<Value> {
        let client = client
        let call = Call(on: executor) { await body(client) }
        settle()
        return call
    }

    func change(_ body: (inout ClientConfiguration) -> Void) throws {
        var configuration = client.configuration
        body(&configuration)
        try client.apply(configuration)
    }

    /// Begins `run()`; "ended" when it has returned, or its error's code.
    func run() -> Call<String> {
        call { client in
            do {
                try await client.run()
                return "ended"
            } catch {
                return (error as? MemcachedError).map { "\($0.code)" } ?? "\(error)"
            }
        }
    }

    /// Lets the oldest attempt to connect succeed. Without a process id the server tells no statistics.
    func accept(handshake: Bool = true, processID: Int = 1, peer: String = "127.0.0.1") throws -> Wire {
        settle()
        let attempt = try transport.next()
        let wire = try Wire(
            loop: loop,
            executor: executor,
            server: attempt.server,
            configuration: attempt.configuration,
            peer: peer
        )
        attempt.continuation.resume(returning: .success(wire.connection))
        settle()
        if handshake { try wire.shakeHands(processID: processID) }
        return wire
    }

    func refuse() throws {
        settle()
        let attempt = try transport.next()
        attempt.continuation.resume(
            returning: .failure(MemcachedError(.connectionFailed, "connection refused", server: attempt.server))
        )
        settle()
    }

    /// Ends everything, so that no task and no promise is left.
    func finish() {
        _ = call { await $0.cluster.close(draining: false) }
        while transport.count > 0 { try? refuse() }
        settle()
    }
}

extension Wire {
    /// Answers NOOP, STAT and `STAT settings`.
    func shakeHands(processID: Int) throws {
        try answer(requests())
        for table in [["pid": "\(processID)", "time": "100", "uptime": "1"], ["item_size_max": "2048"]] {
            for frame in try requests() {
                for (name, value) in table.sorted(by: { $0.key < $1.key }) {
                    try reply(MemcachedTests.reply(.stat, frame.header.opaque, key: name, value: value))
                }
                try reply(MemcachedTests.reply(.stat, frame.header.opaque))
            }
        }
    }

    /// The peer closes the connection.
    func hangUp() throws {
        try channel.close().wait()
        settle()
    }
}

/// Holds attempts to connect until the test decides them, or their task is cancelled.
final class FakeTransport: Transport {
    struct Attempt: Sendable {
        let id: UInt64
        let server: ServerAddress
        let configuration: ConnectionConfiguration
        let continuation: UnsafeContinuation<Result<Connection, MemcachedError>, Never>
    }

    private let attempts = NIOLockedValueBox<[Attempt]>([])

    var count: Int { attempts.withLockedValue(\.count) }

    /// The oldest attempt.
    func next() throws -> Attempt {
        try attempts.withLockedValue { attempts in
            guard !attempts.isEmpty else { throw NobodyConnects() }
            return attempts.removeFirst()
        }
    }

    struct NobodyConnects: Error {}

    func connect(
        to server: ServerAddress,
        on eventLoop: any EventLoop,
        configuration: ConnectionConfiguration
    ) async throws(MemcachedError) -> Connection {
        let id = Connection.newID()
        let result = await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let attempt = Attempt(
                    id: id,
                    server: server,
                    configuration: configuration,
                    continuation: continuation
                )
                attempts.withLockedValue { $0.append(attempt) }
                if Task.isCancelled { cancel(id) }
            }
        } onCancel: {
            cancel(id)
        }
        return try result.get()
    }

    private func cancel(_ id: UInt64) {
        let attempt = attempts.withLockedValue { attempts in
            attempts.firstIndex { $0.id == id }.map { attempts.remove(at: $0) }
        }
        attempt?.continuation.resume(returning: .failure(MemcachedError(.cancelled, "the task was cancelled")))
    }
}

extension Call where Value == Result<MemcachedItem?, MemcachedError> {
    /// The value's text, "miss", the error's code, or "running".
    var outcome: String {
        switch value {
        case nil: "running"
        case .success(let item): item.map { String(buffer: $0.value) } ?? "miss"
        case .failure(let error): "\(error.code)"
        }
    }
}

extension Fleet {
    func get(_ key: String, timeout: Duration = .seconds(2)) -> Call<Result<MemcachedItem?, MemcachedError>> {
        call { client in
            do throws(MemcachedError) {
                return .success(try await client.timeout(timeout).get(key))
            } catch {
                return .failure(error)
            }
        }
    }

    /// What a set came to: "stored" or the error's code.
    func set(_ key: String, _ value: String = "value", timeout: Duration = .seconds(2)) -> Call<String> {
        call { client in
            do throws(MemcachedError) {
                try await client.timeout(timeout).set(key, to: ByteBuffer(string: value))
                return "stored"
            } catch {
                return "\(error.code)"
            }
        }
    }
}

extension Fleet {
    /// A key of the server at that place of the list.
    func key(on index: Int) throws -> String {
        try #require((0..<1_000).map { "key-\($0)" }.first { try client.server(for: $0).index == index })
    }

    /// What a batch of gets came to, in the order of the keys: each a value's text, "miss" or the error's code.
    func getMany(_ keys: [String]) -> Call<[String]> {
        call { client in
            let results = await client.getMany(keys)
            return keys.map { key in
                switch results[key] {
                case .success(let item)?: item.map { String(buffer: $0.value) } ?? "miss"
                case .failure(let error)?: "\(error.code)"
                case nil: "absent"
                }
            }
        }
    }
}
