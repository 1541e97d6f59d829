import Memcached
import NIOCore

/// Disturbs one server, from time to time, until it is told to end; then the server is up.
struct Chaos {
    let server: ServerProcess
    /// The one that the tasks share.
    let client: MemcachedClient
    let record: Record
    var generator: SeededGenerator

    mutating func disturb(until isOver: @Sendable () -> Bool) async throws {
        while true {
            guard await pause(generator.milliseconds(500...4_000), isOver) else { return }
            let disturbance = Disturbance.allCases.randomElement(using: &generator) ?? .restart
            record.count(disturbance)
            try await carryOut(disturbance, isOver)
            server.noteUp()
        }
    }

    mutating func carryOut(_ disturbance: Disturbance, _ isOver: @Sendable () -> Bool) async throws {
        switch disturbance {
        case .restart:
            await server.kill()
            try await server.start()
        case .outage:
            await server.kill()
            await pause(generator.milliseconds(100...3_000), isOver)
            try await server.start()
        case .pause:
            server.halt()
            await pause(generator.milliseconds(10...1_500), isOver)
            server.resume()
        case .freeze:
            server.halt()
            await pause(generator.milliseconds(2_500...6_000), isOver)
            server.resume()
        case .crawl:
            for _ in 0..<Int.random(in: 10...60, using: &generator) {
                server.halt()
                let goesOn = await pause(generator.milliseconds(10...60), isOver)
                server.resume()
                guard goesOn, await pause(generator.milliseconds(1...20), isOver) else { return }
            }
        case .crowd:
            await server.kill()
            try await server.start()
            try await crowd(for: generator.milliseconds(500...2_000), isOver)
        case .cut:
            for _ in 0..<Int.random(in: 1...20, using: &generator) {
                client.cutConnections(to: server.address)
                guard await pause(generator.milliseconds(1...100), isOver) else { return }
            }
        }
    }

    /// Takes as many connections as the server allows.
    private func crowd(for duration: Duration, _ isOver: @Sendable () -> Bool) async throws {
        var configuration = MemcachedClient.Configuration(servers: [MemcachedServer(server.address)])
        configuration.connectionsPerServer = MemcachedProgram.maximumConnections
        try await withMemcachedClient(configuration: configuration) { _ in
            _ = await pause(duration, isOver)
        }
    }

    /// Waits, but not past the end. Returns whether there is time left.
    @discardableResult
    private func pause(_ duration: Duration, _ isOver: @Sendable () -> Bool) async -> Bool {
        let end = ContinuousClock.now + duration
        while !isOver() {
            let rest = end - ContinuousClock.now
            guard rest > .zero else { return true }
            try? await Task.sleep(for: min(rest, .milliseconds(50)))
        }
        return false
    }
}
