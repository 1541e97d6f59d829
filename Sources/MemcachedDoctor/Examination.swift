package import Memcached
import MemcachedFraming

/// Asks the servers of a fleet what they tell about themselves, and finds what an operator should know. It changes nothing on them.
package struct Examination: Sendable {
    private let configuration: ClientConfiguration
    private let clock: @Sendable () -> Double

    /// - Parameters:
    ///   - configuration: the servers, and how to reach them.
    ///   - clock: this machine's time, in seconds since 1970.
    package init(_ configuration: ClientConfiguration, clock: @escaping @Sendable () -> Double) {
        self.configuration = configuration
        self.clock = clock
    }

    /// Looks at all servers at once.
    ///
    /// - Parameter told: is told each time how many of them have been looked at.
    package func diagnosis(_ told: (Int) -> Void = { _ in }) async throws(MemcachedError) -> FleetDiagnosis {
        try configuration.validate()
        let servers = configuration.servers
        let outcomes = await withTaskGroup(of: (Int, Outcome).self) { group in
            for (index, server) in servers.enumerated() {
                group.addTask { (index, await examine(server)) }
            }
            var outcomes: [Int: Outcome] = [:]
            for await (index, outcome) in group {
                outcomes[index] = outcome
                told(outcomes.count)
            }
            return outcomes
        }
        var diagnoses: [ServerDiagnosis] = []
        var answering: [(server: ServerAddress, answers: ServerAnswers)] = []
        for (index, server) in servers.enumerated() {
            switch outcomes[index] {
            case .answers(let answers):
                answering.append((server.address, answers))
                diagnoses.append(ServerDiagnosis(server: server, answers: answers, findings: answers.findings))
            case .failure(let finding):
                diagnoses.append(ServerDiagnosis(server: server, answers: nil, findings: [finding]))
            case nil:
                break
            }
        }
        let findings = await sameServers(among: answering) + DiagnosisFinding.disagreements(answering)
        return FleetDiagnosis(servers: diagnoses, findings: findings.sorted { $0.severity > $1.severity })
    }

    private enum Outcome: Sendable {
        case answers(ServerAnswers)
        case failure(DiagnosisFinding)
    }

    private func examine(_ server: MemcachedServer) async -> Outcome {
        switch await ask(server, configuration) {
        case .success(let answers): .answers(answers)
        case .failure(let error): .failure(DiagnosisFinding(error, speaksTLS: await speaksTLS(server, after: error)))
        }
    }

    private func ask(
        _ server: MemcachedServer,
        _ configuration: ClientConfiguration
    ) async -> Result<ServerAnswers, MemcachedError> {
        await Self.withClient(of: server.address, configuration) { client in
            let version = try await client.version().one()
            let roundTrip = try await client.ping().one()
            let asked = clock()
            // A proxy may tell nothing of itself.
            let general = try? await client.stats().one()
            let told = clock()
            let settings = try? await client.stats("settings").one()
            return ServerAnswers(
                version: version,
                general: general ?? [:],
                settings: settings ?? [:],
                roundTrip: roundTrip,
                asked: asked...max(asked, told)
            )
        }
    }

    /// Calls `body` with a client of that one server. What it throws is the client's.
    private static func withClient<Value: Sendable>(
        of server: ServerAddress,
        _ configuration: ClientConfiguration,
        _ body: (MemcachedClient) async throws -> Value
    ) async -> Result<Value, MemcachedError> {
        var alone = configuration
        // What was answered tells what is wrong, and is no key and no value.
        alone.redactsKeysAndValues = false
        alone.servers = configuration.servers.filter { $0.address == server }
        // An attempt that comes to nothing is to end before the call that waits for it, and to say why.
        alone.connection.connectTimeout = min(alone.connection.connectTimeout, alone.timeout * 9 / 10)
        do {
            return .success(try await withMemcachedClient(configuration: alone, body))
        } catch let error as MemcachedError {
            return .failure(error)
        } catch {
            return .failure(MemcachedError(.connectionFailed, "\(error)", server: server))
        }
    }

    /// Whether a server that didn't answer without TLS does so with it.
    private func speaksTLS(_ server: MemcachedServer, after error: MemcachedError) async -> Bool {
        #if TLS
        guard configuration.connection.tls == nil,
            [.connectionFailed, .connectionLost, .timedOut].contains(error.code) || error.isTLSAlert,
            let tls = try? TLSOptions.unverified()
        else { return false }
        var encrypted = configuration
        encrypted.connection.tls = tls
        // Nothing secret may be sent to somebody whom nobody has verified.
        encrypted.connection.credentials = nil
        switch await ask(server, encrypted) {
        case .success: return true
        case .failure(let error): return error.code == .authenticationRequired
        }
        #else
        return false
        #endif
    }

    private func sameServers(among answering: [(server: ServerAddress, answers: ServerAnswers)]) async
        -> [DiagnosisFinding]
    {
        var findings: [DiagnosisFinding] = []
        for suspects in IdentityCheck.suspects(answering) {
            var rest = suspects[...]
            while let first = rest.popFirst() {
                var same = [first]
                for other in rest where await isSame(first, other) { same.append(other) }
                rest.removeAll { same.contains($0) }
                if same.count > 1 { findings.append(DiagnosisFinding(sameServer: same)) }
            }
        }
        return findings
    }

    /// Reads one, the other, and the first again: each by a client of its own, so that nobody else is asked in between.
    private func isSame(_ one: ServerAddress, _ other: ServerAddress) async -> Bool {
        let result = await Self.withClient(of: one, configuration) { first in
            let second = await Self.withClient(of: other, configuration) { second in
                IdentityCheck.isSame(
                    try await first.stats().one(),
                    try await second.stats().one(),
                    try await first.stats().one()
                )
            }
            return try second.get()
        }
        return (try? result.get()) ?? false
    }
}

extension MemcachedError {
    /// Whether the peer answered a request without TLS with an alert of TLS.
    fileprivate var isTLSAlert: Bool {
        if case .badMagic(0x15) = cause as? FramingError { true } else { false }
    }
}

extension Dictionary where Key == ServerAddress {
    /// What the only server answers.
    fileprivate func one<Answer>() throws -> Answer where Value == Result<Answer, MemcachedError> {
        guard let answer = values.first else {
            throw MemcachedError(.connectionFailed, "the server was not asked")
        }
        return try answer.get()
    }
}
