import Memcached
import NIOCore

/// Servers on which a scenario is measured, by a client of its own.
struct Ground: Sendable {
    private let configuration: MemcachedClient.Configuration

    init(configuration: MemcachedClient.Configuration) {
        var configuration = configuration
        // Ten thousand tasks wait for one another.
        configuration.timeout = max(configuration.timeout, .seconds(60))
        self.configuration = configuration
    }

    func measure(_ scenario: Scenario, seconds: Double) async throws -> Measurement {
        try await withMemcachedClient(configuration: configuration) { client in
            let run = try BenchRun(scenario, client)
            let result: Result<Measurement, any Error>
            do {
                try await run.prepare()
                result = .success(try await run.measure(seconds: seconds))
            } catch {
                result = .failure(error)
            }
            await run.cleanUp()
            return try result.get()
        }
    }
}
