#if TLS
import Memcached
import NIOCore
import NIOPosix
import NIOSSL
import TestSupport
import Testing

/// Where TLS meets none, garbage, silence and sudden ends: an error that says so, and no hang.
@Suite(.fewAtATime, .needsMemcached, .timeLimit(.minutes(60))) struct ClientTLSFailureTests {
    @Test func `a server without TLS behind a client with it is an error that says so`() async throws {
        try await MemcachedProcess.withMemcached { server in
            let error = try await TLSFixtures.failure(at: server.address)
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("what the server sent is not TLS"))
            #expect(error.message.contains("-Z"))
        }
    }

    @Test func `a server with TLS behind a client without it is an error that says so`() async throws {
        try await TLSFixtures.withServer { server in
            let error = try await TLSFixtures.failure(at: server.address) { $0.connection.tls = nil }
            #expect(error.code == .connectionFailed)
            #expect(error.message.contains("it may want TLS (memcached -Z)"))
        }
    }

    @Test func `a server that never answers the handshake is an error by the connect timeout`() async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .bind(host: "127.0.0.1", port: 0).get()
        let error = try await TLSFixtures.failure(at: "127.0.0.1:\(listener.localAddress?.port ?? 0)") {
            $0.connection.connectTimeout = .seconds(2)
        }
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("didn't answer TLS's handshake in time"))
        try await listener.close()
    }

    @Test func `a server that speaks no TLS newer than 1.1 is an error that says so`() async throws {
        let certificates = try NIOSSLCertificate.fromPEMFile(TLSFixtures.path("server.pem"))
        let key = try NIOSSLPrivateKey(file: TLSFixtures.path("server.key"), format: .pem)
        var settings = TLSConfiguration.makeServerConfiguration(
            certificateChain: certificates.map { .certificate($0) },
            privateKey: .privateKey(key)
        )
        settings.maximumTLSVersion = .tlsv11
        let context = try NIOSSLContext(configuration: settings)
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(NIOSSLServerHandler(context: context))
                }
            }
            .bind(host: "127.0.0.1", port: 0).get()
        let error = try await TLSFixtures.failure(at: "127.0.0.1:\(listener.localAddress?.port ?? 0)")
        #expect(error.code == .connectionFailed)
        #expect(error.message.contains("share no version of TLS"), "\(error)")
        try await listener.close()
    }

    @Test func `a Unix socket without a server name is refused, and one with it is found to have no TLS`() async throws
    {
        try await MemcachedProcess.withMemcached(unixSocket: true) { server in
            let nameless = try await TLSFixtures.failure(at: server.address)
            #expect(nameless.message.contains("serverName"))
            let tls = try TLSOptions(serverName: "localhost")
            let plain = try await TLSFixtures.failure(at: server.address, tls: tls)
            #expect(plain.message.contains("what the server sent is not TLS"))
        }
    }

    @Test(
        arguments: [
            // A fatal alert (internal error) that nobody has encrypted.
            [0x15, 0x03, 0x03, 0x00, 0x02, 0x02, 0x50],
            // A record whose contents nobody has the keys for.
            [0x17, 0x03, 0x03, 0x00, 0x20] + Array(repeating: 0xA5, count: 32),
            // A reply as it were without TLS.
            [0x81, 0x01, 0x00, 0x00] + Array(repeating: 0x00, count: 20),
            Array("220 mail.example, ready for your letters\r\n".utf8),
        ] as [[UInt8]]
    )
    func `garbage in mid-stream ends the connection with an error, and the next one works`(
        garbage: [UInt8]
    ) async throws {
        try await TLSFixtures.withServer { server in
            try await InjectingProxy.withProxy(to: server.socketAddress) { proxy in
                try await TLSFixtures.withClient(of: proxy.address) { client in
                    try await client.set("key", to: bytes("old"))
                    try server.stop()
                    let before = proxy.passedBytes
                    async let store = storeNew(client)
                    try await proxy.waitForBytes(after: before)
                    try await proxy.inject(garbage)
                    let error = await store
                    #expect(error?.code == .outcomeUnknown)
                    let cause = error?.cause as? MemcachedError
                    #expect(cause?.code == .connectionLost)
                    #expect(
                        cause?.message.contains("TLS failed: what the server sent is broken TLS") == true,
                        "\(error as Any)"
                    )
                    try server.resume()
                    let item = try await client.untilReachable("key")
                    #expect(item != nil)
                }
            }
        }
    }

    @Test func `a server that dies in mid-stream is a lost connection, and one that comes back is used`() async throws {
        try await TLSFixtures.withServer { server in
            try await InjectingProxy.withProxy(to: server.socketAddress) { proxy in
                try await TLSFixtures.withClient(of: proxy.address) { client in
                    try await client.set("key", to: bytes("value"))
                    try server.stop()
                    let before = proxy.passedBytes
                    async let store = storeNew(client)
                    try await proxy.waitForBytes(after: before)
                    await server.kill()
                    let error = await store
                    #expect(error?.code == .outcomeUnknown)
                    #expect((error?.cause as? MemcachedError)?.code == .connectionLost)
                    try await server.restart()
                    try await client.waitForServer()
                    #expect(try await client.get("key") == nil)
                }
            }
        }
    }

    private func storeNew(_ client: MemcachedClient) async -> MemcachedError? {
        do throws(MemcachedError) {
            try await client.set("key", to: bytes("new"))
            return nil
        } catch {
            return error
        }
    }

    @Test func `a server that has stalled is left without a farewell that it would never answer`() async throws {
        var configuration = TLSConfiguration.makeClientConfiguration()
        configuration.trustRoots = .file(TLSFixtures.path("root.pem"))
        configuration.shutdownTimeout = .hours(1)
        let tls = try TLSOptions(configuration: configuration)
        try await TLSFixtures.withServer { server in
            try await TLSFixtures.withClient(of: server.address, tls: tls) {
                $0.shutdownTimeout = .milliseconds(100)
            } _: { client in
                try await client.set("key", to: bytes("value"))
                try server.stop()
                await client.shutdown()
                try server.resume()
            }
        }
    }
}
#endif
