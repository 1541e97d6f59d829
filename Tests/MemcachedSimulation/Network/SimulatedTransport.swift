import Memcached
import NIOCore

/// Connects to simulated servers, as their state and chance allow.
final class SimulatedTransport: Transport, @unchecked Sendable {
    private let loop: SimulatedLoop
    private let random: Randomness
    private let servers: [SimulatedServer]
    private(set) var links: [Link] = []
    private var lastID = 0
    private(set) var pendingCount = 0

    init(loop: SimulatedLoop, random: Randomness, servers: [SimulatedServer]) {
        self.loop = loop
        self.random = random
        self.servers = servers
    }

    /// Those whose channel is open at the client's end.
    func openLinks() -> [Link] {
        links.removeAll { !$0.channel.isOpen }
        return links
    }

    func connect(
        to address: ServerAddress,
        on eventLoop: any EventLoop,
        configuration: ConnectionConfiguration
    ) async throws(MemcachedError) -> Connection {
        let result: Result<Connection, MemcachedError> = await withUnsafeContinuation { continuation in
            begin(address, configuration) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private func begin(
        _ address: ServerAddress,
        _ configuration: ConnectionConfiguration,
        _ done: @escaping (Result<Connection, MemcachedError>) -> Void
    ) {
        guard let server = servers.first(where: { $0.address == address }) else {
            return done(.failure(MemcachedError(.connectionFailed, "no such server", server: address)))
        }
        let begun = loop.now
        let timeout = configuration.connectTimeout.timeAmount
        pendingCount += 1
        loop.after(server.drawLatency()) { [self] in
            switch server.door {
            case .open:
                loop.after(server.drawLatency()) { [self] in
                    finish(done, server.door == .open ? accept(server, configuration) : refused(address))
                }
            case .refusing:
                loop.after(server.drawLatency()) { [self] in finish(done, refused(address)) }
            case .silent:
                loop.at(begun + timeout) { [self] in
                    let error = MemcachedError(.connectionFailed, "no answer within connectTimeout", server: address)
                    finish(done, .failure(error))
                }
            }
        }
    }

    private func finish(
        _ done: (Result<Connection, MemcachedError>) -> Void,
        _ result: Result<Connection, MemcachedError>
    ) {
        pendingCount -= 1
        done(result)
    }

    private func refused(_ address: ServerAddress) -> Result<Connection, MemcachedError> {
        .failure(MemcachedError(.connectionFailed, "connection refused", server: address))
    }

    private func accept(
        _ server: SimulatedServer,
        _ configuration: ConnectionConfiguration
    ) -> Result<Connection, MemcachedError> {
        lastID += 1
        let link = Link(id: lastID, server: server, loop: loop, random: random)
        do {
            let connection = try Connection.attach(
                to: link.channel,
                server: server.address,
                configuration: configuration,
                writer: link.makeWriter()
            )
            link.connection = connection
            links.append(link)
            server.links.append(link)
            link.open()
            return .success(connection)
        } catch {
            return .failure(MemcachedError(.connectionFailed, "\(error)", server: server.address))
        }
    }
}
