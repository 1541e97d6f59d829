import Memcached
import NIOCore

/// A connection between the client and a server: a pipe each way, and what goes wrong with them.
final class Link {
    let id: Int
    let server: SimulatedServer
    let channel: SimulatedChannel
    /// The client's own view of it.
    var connection: Connection?
    let toServer: Pipe
    let toClient: Pipe
    private(set) var outstanding = Outstanding()
    private var session: ServerSession?
    /// From how many unsent bytes on the client's channel is not writable.
    private let highWater: Int
    /// What the client has written and has not left it yet, in bytes.
    private var backlog = 0

    init(id: Int, server: SimulatedServer, loop: SimulatedLoop, random: Randomness) {
        self.id = id
        self.server = server
        channel = SimulatedChannel(loop: loop)
        let latency = server.settings.latency
        let cuts = server.settings.cutsPercent
        let history = server.history
        func pipe() -> Pipe {
            Pipe(loop: loop, random: random, latency: latency, cutsPercent: cuts) { history.count($0) }
        }
        toServer = pipe()
        toClient = pipe()
        highWater = server.settings.highWater
    }

    /// For the client's callers. Some connections have none, as those with TLS.
    func makeWriter() -> SimulatedWriter? {
        guard server.random.chance(80) else { return nil }
        return SimulatedWriter(channel: channel, random: server.random, cutsPercent: server.settings.cutsPercent) {
            [history = server.history] in history.count($0)
        }
    }

    /// Both ends know of the connection now.
    func open() {
        session = ServerSession(link: id, server: server) { [weak self] in
            self?.outstanding.executed()
        } send: { [weak self] in
            self?.toClient.send($0)
        }
        channel.onFlush = { [weak self] buffers in
            self?.outstanding.sent(buffers)
            for bytes in buffers { self?.toServer.send(bytes) }
        }
        channel.onClose = { [weak self] in self?.clientHasClosed() }
        toServer.hasRoom = { [weak self] in self?.session?.hasRoom ?? true }
        toServer.onArrival = { [weak self] in self?.session?.receive($0) }
        toServer.onEnd = { [weak self] in self?.endServerSide() }
        toServer.onBacklog = { [weak self] in self?.watchWater($0) }
        toClient.onArrival = { [weak self] in self?.channel.receive($0) }
        channel.activate()
    }

    private func watchWater(_ backlog: Int) {
        self.backlog = backlog
        // Of a caller's own write the channel learns afterwards.
        guard channel.loop.inEventLoop else { return channel.loop.after(.zero) { [weak self] in self?.watchWater() } }
        watchWater()
    }

    private func watchWater() {
        if backlog > highWater {
            channel.setWritable(false)
        } else if backlog <= highWater / 2 {
            channel.setWritable(true)
        }
    }

    private func clientHasClosed() {
        toClient.kill()
        toServer.onBacklog = { _ in }
        toServer.finish(dropping: server.random.chance(50))
    }

    private func endServerSide() {
        toServer.kill()
        session = nil
        server.forget(self)
    }

    /// The server's process runs again.
    func resume() {
        session?.serve()
        toServer.pump()
    }

    /// The server's side is gone. What it had read is not executed any more; of its replies a part may still arrive, and then the end,
    /// unless the peer has vanished without a word.
    func cut(_ manner: Manner) {
        toServer.kill()
        session = nil
        server.forget(self)
        switch manner {
        case .vanish:
            toClient.kill()
            // What the client writes goes nowhere; it is told when it closes.
            var backlog = 0
            channel.onFlush = { [weak self] buffers in
                self?.outstanding.sent(buffers)
                backlog += buffers.reduce(0) { $0 + $1.readableBytes }
                self?.watchWater(backlog)
            }
            channel.onClose = nil
        case .reset:
            // Not always as late as what is under way.
            if server.random.chance(50) {
                end(Self.resetByPeer) { $0.reset() }
            } else {
                end(Self.resetByPeer) { $0.finish(dropping: true) }
            }
        case .hangUp:
            let isDropping = server.random.chance(50)
            end(nil) { $0.finish(dropping: isDropping) }
        }
    }

    private static var resetByPeer: IOError { IOError(errnoCode: 104, reason: "connection reset by peer") }

    private func end(_ error: (any Error)?, _ finish: (Pipe) -> Void) {
        // The channel outlives the server's list of links.
        let (channel, toClient) = (channel, toClient)
        toClient.onArrival = { channel.receive($0) }
        toClient.onEnd = {
            toClient.kill()
            channel.endByPeer(error)
        }
        channel.onFlush = nil
        channel.onClose = { toClient.kill() }
        finish(toClient)
    }

    enum Manner: String, CaseIterable {
        case reset, hangUp, vanish
    }
}
