import Memcached
import MemcachedTesting
import NIOCore

/// What a seed decides before anything happens: the fleet, the client's configuration, and how rough it gets.
struct SimulationPlan {
    var servers: [SimulatedServer.Settings] = []
    var configuration: ClientConfiguration
    /// Whether servers break the protocol: then an outcome may be a lie.
    let isHostile: Bool
    let workers: Int
    let operationsPerWorker: Int
    let keys: [String]
    let counters = ["n0", "n1"]
    let faults: Int
    /// Whether the client is shut down in the middle of the traffic.
    let endsEarly: Bool
    /// Whether it ends by a graceful shutdown; otherwise `run()` is cancelled.
    let endsGracefully: Bool
    /// When `run()` is called, in milliseconds.
    let startDelay: Int
    /// In microseconds: events and deadlines are at multiples of it, and so coincide.
    let grain: Int
    /// After how many of 1,000 steps a caller is cancelled.
    let cancellations: Int

    init(random: Randomness) {
        isHostile = random.chance(12)
        workers = random.int(in: 2...4)
        operationsPerWorker = random.int(in: 3...9)
        keys = (0..<random.int(in: 1...4)).map { "k\($0)" }
        faults = random.chance(15) ? 0 : random.int(in: 1...8)
        endsEarly = random.chance(10)
        endsGracefully = random.chance(50)
        startDelay = random.chance(10) ? random.int(in: 1...300) : 0
        grain = random.pick([1, 1, 100, 1_000])
        cancellations = random.pick([0, 0, 3, 30])
        let count = random.pick([1, 1, 2, 2, 3])
        let keepsCAS = !random.chance(4)
        configuration = ClientConfiguration(
            servers: (0..<count).map { MemcachedServer(.host("cache-\($0)")) }
        )
        servers = (0..<count).map { _ in Self.drawServer(random, keepsCAS: keepsCAS) }
        drawClient(random)
    }

    /// Where a counter begins: so far from the other ones that one's number is never another's.
    static func firstCount(of counter: String) -> UInt64 {
        counter == "n0" ? 1_000 : 1_000_000_000
    }

    /// Whether a server has too little memory.
    var evicts: Bool { servers.contains { $0.engine.memoryLimit < 1 << 20 } }

    private static func drawServer(_ random: Randomness, keepsCAS: Bool) -> SimulatedServer.Settings {
        var settings = SimulatedServer.Settings()
        settings.latency = random.pick([10...50, 50...500, 100...5_000, 2_000...20_000])
        settings.cutsPercent = random.pick([0, 0, 10, 60])
        settings.highWater = random.pick([1 << 20, 1 << 16, 600, 64])
        settings.window = random.pick([1 << 16, 500, 100])
        settings.keepsProcessID = random.chance(30)
        settings.engine.isCASEnabled = keepsCAS
        if random.chance(15) {
            settings.engine.memoryLimit = random.int(in: 200...1_500)
            settings.engine.evictsWhenFull = random.chance(70)
        }
        if random.chance(10) { settings.engine.itemSizeLimit = 1_024 }
        return settings
    }

    private mutating func drawClient(_ random: Randomness) {
        configuration.connectionsPerServer = random.pick([1, 1, 2])
        configuration.initialBackoff = .milliseconds(random.pick([5, 50]))
        configuration.maximumBackoff = .milliseconds(random.pick([50, 300]))
        configuration.shutdownTimeout = .milliseconds(random.pick([0, 50, 1_000]))
        configuration.batchWindow = random.pick([1, 2, 3, 1_024])
        if random.chance(25) { configuration.failurePolicy = .nextServer }
        if random.chance(25) {
            let interval = Duration.milliseconds(random.pick([20, 100, 400]))
            configuration.ejection = ServerEjection(failures: random.pick([1, 2, 5]), trialInterval: interval)
        }
        configuration.connection.connectTimeout = .milliseconds(random.pick([250, 500, 1_000]))
        configuration.connection.stallTimeout = .milliseconds(random.pick([80, 300, 2_000]))
        configuration.connection.idleCheckInterval = .milliseconds(random.pick([150, 700, 30_000]))
        configuration.connection.maximumRequestsInFlight = random.pick([1, 2, 3, 5, 8, 12, 4_096, 4_096, 4_096])
        configuration.connection.maximumBytesInFlight = random.pick([1, 90, 300, 600, 1 << 24, 1 << 24, 1 << 24])
        // Where replies are garbled, batches of several keys tell most.
        if isHostile, random.chance(60) {
            configuration.batchWindow = 1_024
            configuration.connection.maximumRequestsInFlight = 4_096
            configuration.connection.maximumBytesInFlight = 1 << 24
        }
        configuration.connection.overloadPolicy = random.chance(75) ? .wait : .fail
    }
}
