public import NIOCore
public import NIOPosix

/// Runs a server for as long as `body` runs, and shuts it down however that ends.
///
///     try await withMemcachedTestServer { server in
///         try await warmCache(servers: [server.address])
///         #expect(server.itemCount == 3)
///     }
public func withMemcachedTestServer<Result>(
    _ configuration: MemcachedTestServer.Configuration = .init(),
    eventLoopGroup: any EventLoopGroup = .singletonMultiThreadedEventLoopGroup,
    _ body: (MemcachedTestServer) async throws -> Result
) async throws -> Result {
    let server = try await MemcachedTestServer.start(configuration, eventLoopGroup: eventLoopGroup)
    do {
        let result = try await body(server)
        await server.shutdown()
        return result
    } catch {
        await server.shutdown()
        throw error
    }
}
