import Memcached
import NIOCore

/// How long a caller waits.
enum Patience: Sendable {
    /// As long as the client is configured to.
    case patient
    /// For so long, whatever the client is configured to.
    case within(Duration)
    /// Its task is cancelled after a while.
    case cancelled(after: Duration)

    static func random(using generator: inout SeededGenerator) -> Patience {
        switch Int.random(in: 0..<100, using: &generator) {
        case 0..<10: .within(generator.milliseconds(1...20))
        case 10..<15: .cancelled(after: .microseconds(Int.random(in: 0...5_000, using: &generator)))
        default: .patient
        }
    }

    var isPatient: Bool { if case .patient = self { true } else { false } }

    var isCancelled: Bool { if case .cancelled = self { true } else { false } }

    /// The deadline for a call of that client.
    func timeout(of client: MemcachedClient) -> Duration {
        if case .within(let timeout) = self { timeout } else { .nanoseconds(client.timeout.nanoseconds) }
    }

    /// What the body comes to, in a task that is cancelled where it is to be.
    func run<Value: Sendable>(_ body: @escaping @Sendable () async throws -> Value) async -> Result<Value, any Error> {
        guard case .cancelled(let delay) = self else { return await Self.result(body) }
        let task = Task { await Self.result(body) }
        let cancelling = Task {
            try? await Task.sleep(for: delay)
            task.cancel()
        }
        let result = await task.value
        cancelling.cancel()
        return result
    }

    private static func result<Value: Sendable>(
        _ body: @Sendable () async throws -> Value
    ) async -> Result<Value, any Error> {
        do { return .success(try await body()) } catch { return .failure(error) }
    }
}
