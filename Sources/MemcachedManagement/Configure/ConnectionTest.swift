#if Management
import Memcached

/// Whether each server of a configuration can be reached and used.
struct ConnectionTest: Sendable {
    let results: [ServerResult]

    struct ServerResult: Sendable {
        let server: String
        let text: String
        let isGood: Bool
    }

    var isGood: Bool { results.allSatisfy(\.isGood) }

    /// Connects to all servers at once, asks for their version, and measures a round trip. Nothing is stored.
    init(_ configuration: ClientConfiguration) async throws(MemcachedError) {
        let client = try MemcachedClient(configuration: configuration)
        let running = Task { try? await client.run() }
        let versions = await client.version()
        let roundTrips = await client.ping()
        await client.shutdown()
        await running.value
        results = configuration.servers.map { server in
            let address = server.address
            switch (versions[address], roundTrips[address]) {
            case (.success(let version), .success(let time)):
                let milliseconds = Quantity.milliseconds(time / .milliseconds(1))
                return ServerResult(
                    server: "\(address)",
                    text: "memcached \(version) answers in \(milliseconds)",
                    isGood: true
                )
            case (.failure(let error), _), (_, .failure(let error)):
                return ServerResult(server: "\(address)", text: error.message, isGood: false)
            default:
                return ServerResult(server: "\(address)", text: "it was not asked", isGood: false)
            }
        }
    }
}
#endif
