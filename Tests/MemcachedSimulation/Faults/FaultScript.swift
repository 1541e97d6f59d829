import Memcached
import MemcachedFraming
import MemcachedTesting
import NIOCore

/// Makes things go wrong at the times that the seed chooses, and knows when the last of them is over.
final class FaultScript {
    private let world: World
    private var random: Randomness { world.choices }
    /// Faults that are still to come or still last.
    private(set) var pending = 0
    private(set) var hasChangedServers = false
    private var hasEnded = false
    /// What has gone wrong so far.
    private(set) var struck: [Fault] = []

    init(world: World) {
        self.world = world
    }

    func schedule() {
        for server in world.servers where world.plan.isHostile {
            server.hostility = random.pick([5, 30, 150])
        }
        for _ in 0..<world.plan.faults {
            let fault = random.pick(Fault.allCases)
            later(random.int(in: 0...random.pick([2_000, 100_000, 1_500_000]))) { [self] in strike(fault) }
            // Cancellations cost little, and there are many points to hit.
            if random.chance(40) {
                later(random.int(in: 0...1_000_000)) { [self] in strike(.cancel) }
            }
        }
    }

    /// Between two steps, within one instant, a caller may be cancelled: there are states that no time passes in.
    func interrupt() {
        guard !hasEnded, world.interruptions.int(in: 1...1_000) <= world.plan.cancellations, !world.open.isEmpty else {
            return
        }
        world.history.count("cancelled between two steps")
        world.cancel(world.interruptions.pick(world.open))
    }

    /// From now on everything goes well.
    func end() {
        hasEnded = true
        for server in world.servers { server.hostility = 0 }
    }

    private func later(_ microseconds: Int, _ event: @escaping () -> Void) {
        pending += 1
        world.loop.after(.microseconds(Int64(microseconds))) { [self] in
            pending -= 1
            event()
        }
    }

    private func strike(_ fault: Fault) {
        let server = random.pick(world.servers)
        let duration = random.int(in: 1_000...random.pick([30_000, 300_000, 2_000_000]))
        world.history.trace.note("fault", at: world.loop.now, server.index, duration, fault.rawValue)
        guard happens(fault, server, duration) else { return }
        struck.append(fault)
        world.history.count("fault: \(fault)")
    }

    private func happens(_ fault: Fault, _ server: SimulatedServer, _ duration: Int) -> Bool {
        switch fault {
        case .reset, .hangUp, .vanish, .stallToServer, .stallToClient:
            guard !server.links.isEmpty else { return false }
            strike(fault, random.pick(server.links), .microseconds(Int64(duration)))
        case .stop:
            guard !server.isStopped, server.door == .open else { return false }
            server.stop()
            later(duration) { if server.isStopped { server.resume() } }
        case .restart, .powerLoss:
            guard server.door == .open else { return false }
            server.die(fault == .powerLoss ? .vanish : random.pick([.reset, .hangUp]))
            if fault == .powerLoss { server.door = .silent }
            // With the same process id, an incarnation differs from the one before only by the second in which it began.
            later(server.settings.keepsProcessID ? max(duration, 1_000_000) : duration) { server.start() }
        case .refuse, .silence:
            guard server.door == .open else { return false }
            server.door = fault == .refuse ? .refusing : .silent
            later(duration) { server.door = .open }
        case .cancel:
            guard !world.open.isEmpty else { return false }
            world.cancel(random.pick(world.open))
        case .serverList:
            return changeServers()
        case .settings:
            return changeSettings()
        case .flush, .otherWriter:
            guard server.door == .open, !server.isStopped else { return false }
            interfere(fault, server)
        }
        return true
    }

    private func strike(_ fault: Fault, _ link: Link, _ time: TimeAmount) {
        switch fault {
        case .stallToServer, .stallToClient:
            (fault == .stallToServer ? link.toServer : link.toClient).stall(for: time)
            later(Int(time.nanoseconds / 1000)) {}
        case .reset: link.cut(.reset)
        case .hangUp: link.cut(.hangUp)
        default: link.cut(.vanish)
        }
    }

    private func changeServers() -> Bool {
        let all = world.plan.configuration.servers
        var servers = all.filter { _ in random.chance(60) }
        if servers.isEmpty { servers = [random.pick(all)] }
        for index in servers.indices where random.chance(20) { servers[index].weight = random.int(in: 1...3) }
        do {
            try world.client.setServers(servers)
            hasChangedServers = true
            return true
        } catch {
            // It has been shut down.
            return false
        }
    }

    /// Nothing that a call's outcome depends on.
    private func changeSettings() -> Bool {
        var configuration = world.client.configuration
        configuration.connection.maximumReplyBytes += 1
        if random.chance(50) { configuration.connectionsPerServer = random.int(in: 1...3) }
        if random.chance(30) { configuration.initialBackoff = .milliseconds(random.pick([5, 20, 50])) }
        if configuration.ejection != nil, random.chance(30) {
            configuration.ejection?.trialInterval = .milliseconds(random.pick([20, 100, 400]))
        }
        if configuration.ejection != nil, random.chance(30) {
            configuration.ejection?.failures = random.pick([1, 2, 5])
        }
        do {
            try world.client.apply(configuration)
            return true
        } catch {
            // It has been shut down.
            return false
        }
    }

    /// What others do to a server.
    private func interfere(_ fault: Fault, _ server: SimulatedServer) {
        guard fault == .otherWriter else { return server.executeForOthers(.flush()) }
        let operation = world.operation(.set, random.pick(world.plan.keys))
        let text = OperationTag.value(operation.key, "o", operation.id)
        operation.value = text
        operation.isOthers = true
        let value = ByteBuffer(string: text)
        guard
            let key = try? ItemKey(operation.key),
            let request = try? Request.store(.set, key, value: value, flags: 0, expiration: 0)
        else { return }
        operation.start(world.history.tick())
        server.executeForOthers(request)
        // It may be another server's key, and then nobody sees it.
        operation.end(world.history.tick(), .failed(.outcomeUnknown))
    }
}

extension SimulatedServer {
    fileprivate func executeForOthers(_ request: Request) {
        var bytes = ByteBuffer()
        bytes.writeRequest(request, opaque: 0)
        var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 24)
        decoder.append(bytes)
        guard let frame = try? decoder.next() else { return }
        var session = Session()
        _ = execute(frame, in: &session, link: 0)
    }
}
