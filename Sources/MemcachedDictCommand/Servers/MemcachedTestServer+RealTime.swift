import MemcachedTesting

extension MemcachedTestServer {
    /// A server whose items expire as time passes.
    static func startInRealTime(port: Int = 0) async throws -> MemcachedTestServer {
        var configuration = Configuration()
        configuration.port = port
        configuration.clock = .wall
        return try await start(configuration)
    }
}
