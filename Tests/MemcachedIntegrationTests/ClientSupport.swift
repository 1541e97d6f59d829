import Memcached
import MemcachedFraming
import NIOCore

/// Calls `body` with a client of that configuration; servers as memcached's tests name them.
func withClient<Outcome>(
    of addresses: [String],
    configure: (inout MemcachedClient.Configuration) -> Void = { _ in },
    isolation: isolated (any Actor)? = #isolation,
    _ body: (MemcachedClient) async throws -> Outcome
) async throws -> Outcome {
    var configuration = MemcachedClient.Configuration(servers: try addresses.map { try MemcachedServer($0) })
    // A machine that is busy with other tests is no failure.
    configuration.timeout = .seconds(20)
    configuration.connection.connectTimeout = .seconds(10)
    configuration.connection.stallTimeout = .seconds(20)
    configure(&configuration)
    return try await withMemcachedClient(configuration: configuration, body)
}

/// The error's code; nil where nothing was thrown.
func code<Value>(
    isolation: isolated (any Actor)? = #isolation,
    of body: () async throws -> Value
) async -> MemcachedError.Code? {
    do {
        _ = try await body()
        return nil
    } catch {
        return (error as? MemcachedError)?.code
    }
}

/// What a mutation throws that was sent to a stopped server. On a busy machine the deadline may pass before it is sent; then it
/// throws `.timedOut`, nothing has happened, and it is made again with twice the time.
func errorOnceSent(
    within deadline: Duration = .milliseconds(50),
    isolation: isolated (any Actor)? = #isolation,
    _ mutation: (Duration) async throws -> Void
) async -> MemcachedError? {
    var deadline = deadline
    while true {
        do {
            try await mutation(deadline)
            return nil
        } catch {
            guard let error = error as? MemcachedError else { return nil }
            guard error.code == .timedOut else { return error }
            deadline *= 2
        }
    }
}

extension MemcachedClient {
    /// Asks until the server answers again. Each failure but a prompt one ends the test by its time limit.
    func untilReachable(_ key: String) async throws -> MemcachedItem? {
        while true {
            do throws(MemcachedError) {
                return try await get(key)
            } catch {
                guard error.code == .connectionFailed || error.code == .connectionLost else { throw error }
                await Task.yield()
            }
        }
    }
}

extension Connection {
    /// Returns when what was submitted before has been written to the server, which must stand still: a request whose deadline passes
    /// has been written, and so have those before it.
    func untilWritten() async {
        _ = await send(.noop, deadline: .now() + .milliseconds(50))
    }
}

func bytes(_ text: String) -> ByteBuffer {
    ByteBuffer(string: text)
}
