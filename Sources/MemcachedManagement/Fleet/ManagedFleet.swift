#if Management
import Foundation
import Logging
import Memcached
import MemcachedDoctor
import MemcachedTesting
import MemcachedTooling

/// The servers that the screen manages: one client, which follows the settings, and what was seen of each server lately.
actor ManagedFleet {
    /// Stays the same; its configuration doesn't.
    nonisolated let client: MemcachedClient
    nonisolated let settings: FleetSettings
    /// Of the client.
    nonisolated let metrics = PrometheusRegistry()
    private let gate: PasswordGate
    private let embedded: MemcachedTestServer?
    private let logger: Logger

    private(set) var configuration: ClientConfiguration
    /// Whether nobody has named a server, so that the one in this process is used.
    private(set) var isEmbedded: Bool
    /// Why the settings as they are now can't be used; those before are in force.
    private(set) var settingsProblem: String?
    private(set) var history = FleetHistory(limit: 150)
    private(set) var diagnosis: FleetDiagnosis?
    private var fileMark: String?
    /// Whether the file has no password while one holds.
    private var lacksPassword = false
    /// Counts the settings that have been in force.
    private var generation = 0
    private let requestedExaminations: AsyncStream<Void>
    private let examinationRequests: AsyncStream<Void>.Continuation

    /// How long one sample is behind the other.
    static let sampleInterval = Duration.seconds(2)
    /// The doctor comes after so many samples.
    private static let samplesForDiagnosis = 15

    /// Starts the embedded server where no other is named.
    ///
    /// - Parameter gate: gets the file's password, and each that comes after it.
    /// - Throws: `SettingsError` where the settings are wrong.
    init(_ settings: FleetSettings, gate: PasswordGate, logger: Logger) async throws {
        self.settings = settings
        self.gate = gate
        self.logger = logger
        (requestedExaminations, examinationRequests) = AsyncStream.makeStream(bufferingPolicy: .bufferingNewest(1))
        fileMark = settings.fileMark
        if let hash = try settings.passwordHash() { gate.follow(hash) }
        let loaded = try settings.load()
        var configuration = loaded.configuration
        isEmbedded = !loaded.namesServers
        if isEmbedded {
            var options = MemcachedTestServer.Configuration()
            options.clock = .wall
            let server = try await MemcachedTestServer.start(options)
            configuration.servers = [try MemcachedServer(server.address)]
            embedded = server
        } else {
            embedded = nil
        }
        configuration.observability.metricsFactory = metrics
        self.configuration = configuration
        client = try MemcachedClient(configuration: configuration, logger: logger)
    }
}

extension ManagedFleet {
    /// Keeps the client running and looks at the servers again and again, until the task is cancelled.
    func run() async throws {
        let result = await withTaskGroup(of: Result<Void, any Error>.self) { group in
            for job in [runClient, followFile, watch, askForExaminations, examineOnRequest] {
                group.addTask {
                    do {
                        return .success(try await job())
                    } catch {
                        return .failure(error)
                    }
                }
            }
            // Whichever ends first ends all.
            defer { group.cancelAll() }
            return await group.next() ?? .success(())
        }
        await embedded?.shutdown()
        try result.get()
    }

    @Sendable private func runClient() async throws { try await client.run() }

    @Sendable private func watch() async throws {
        while true {
            await sample()
            try await Task.sleep(for: Self.sampleInterval)
        }
    }

    @Sendable private func askForExaminations() async throws {
        while true {
            examinationRequests.yield()
            try await Task.sleep(for: Self.sampleInterval * Self.samplesForDiagnosis)
        }
    }

    /// One at a time, however often somebody asks.
    @Sendable private func examineOnRequest() async throws {
        for await _ in requestedExaminations { await examine() }
        try Task.checkCancellation()
    }

    /// Looks at all servers once.
    func sample() async {
        let configuration = configuration
        let readings = await StatisticsReading.all(of: nil, by: client)
        let roundTrips = await client.ping()
        var newest: [ServerAddress: ServerSample] = [:]
        for server in configuration.servers {
            let roundTrip = try? roundTrips[server.address]?.get()
            newest[server.address] = ServerSample(
                readings[server.address],
                roundTrip: roundTrip,
                after: history.last(of: server.address)
            )
        }
        let isNews = newest.contains { server, sample in
            history.last(of: server).map { ($0.reading == nil) != (sample.reading == nil) } ?? false
        }
        history.add(newest)
        // What the doctor has said of a server that has gone, or come back, is old.
        if isNews { examinationRequests.yield() }
    }

    /// Lets the doctor look at all servers.
    func examine() async {
        // The server in this process is what it is.
        guard !isEmbedded else {
            diagnosis = nil
            return
        }
        let began = generation
        let found = try? await Examination(configuration, clock: { Date().timeIntervalSince1970 }).diagnosis()
        // Of the settings that were in force when it began, which may be others by now.
        if began == generation { diagnosis = found }
    }
}

extension ManagedFleet {
    /// Takes what somebody else has saved, however long the servers let themselves be waited for.
    @Sendable private func followFile() async throws {
        while true {
            if settings.fileMark != fileMark { reload() }
            try await Task.sleep(for: Self.sampleInterval)
        }
    }

    /// Takes another password. One that is gone from the file holds, since the file may have been cut off.
    private func takePassword() throws(SettingsError) {
        guard let hash = try settings.passwordHash() else {
            if gate.lock != .open, !lacksPassword {
                lacksPassword = true
                logger.warning(
                    "the settings hold no password any more; the last one holds until this screen is started again"
                )
            }
            return
        }
        lacksPassword = false
        gate.follow(hash)
    }

    /// Takes the settings as they are now; where they are wrong, those before stay in force.
    func reload() {
        fileMark = settings.fileMark
        do {
            // First of all, so that nothing else that is wrong keeps the old one.
            try takePassword()
            let loaded = try settings.load()
            var next = loaded.configuration
            if !loaded.namesServers {
                guard let embedded else {
                    settingsProblem = "the settings name no server any more; those before are still used"
                    return
                }
                next.servers = [try MemcachedServer(embedded.address)]
            }
            next.observability = configuration.observability
            try client.apply(next)
            configuration = next
            isEmbedded = !loaded.namesServers
            settingsProblem = nil
            diagnosis = nil
            logger.info("the settings have changed", metadata: ["servers": "\(next.servers)"])
            generation += 1
            examinationRequests.yield()
        } catch let error as SettingsError {
            settingsProblem = error.text
        } catch let error as MemcachedError {
            settingsProblem = error.message
        } catch {
            settingsProblem = "\(error)"
        }
    }
}
#endif
