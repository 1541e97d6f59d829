// The examples of the articles in Memcached's catalog, as they stand there; ExampleTests compares them.

import Foundation
import Logging
import Memcached
import NIOCore

#if Configuration
import Configuration
#endif
#if ServiceLifecycle
import ServiceLifecycle
import UnixSignals
#endif

// MARK: Getting started

#if ServiceLifecycle
func serviceGroup(_ configuration: ClientConfiguration, _ web: any Service, _ logger: Logger) throws -> ServiceGroup {
    let client = try MemcachedClient(configuration: configuration, logger: logger)
    return ServiceGroup(services: [client, web], gracefulShutdownSignals: [.sigterm], logger: logger)
}
#endif

#if Configuration
/// Compiled only: the environment has no servers.
func configured() throws -> MemcachedClient.Configuration {
    // MEMCACHED_SERVERS=cache-1,cache-2 MEMCACHED_TIMEOUT=0.5
    let variables = EnvironmentVariablesProvider().prefixKeys(with: "memcached")
    return try MemcachedClient.Configuration(config: ConfigReader(provider: variables))
}
#endif

// MARK: Versions

func everybodyVisits(_ profiles: MemcachedDict<Profile>) async throws {
    var entries = try await profiles.entries(forKeys: ["ada", "grace"])
    for key in entries.keys { entries[key]?.value.visits += 1 }
    for (key, outcome) in await profiles.outcomes(storing: entries.values) {
        switch outcome {
        case .success(.stored): print(key, "is stored")
        case .success(.conflict), .success(.missing): print(key, "was changed by somebody else")
        case .failure(let error): print(key, "isn't known:", error)
        }
    }
}

func save(_ name: String, ifStill cas: UInt64, in profiles: MemcachedDict<Profile>) async throws -> StoreOutcome {
    let entry = MemcachedEntry(key: "ada", value: Profile(name: name, visits: 0), version: ItemVersion(cas: cas))
    return try await profiles.store(entry)
}

func remember(_ page: String, seenBy user: String, in pages: MemcachedDict<Set<String>>) async throws {
    try await pages.update(forKey: user, default: [], whenUnknown: .applyAgain) { $0.insert(page) }
}

func countView(of page: String, in views: MemcachedDict<UInt64>) async throws -> UInt64 {
    try await views.increment(forKey: page, initial: 1, expiration: .after(.seconds(86_400)))
}

// MARK: Codecs

func events(_ client: MemcachedClient) -> MemcachedDict<[Date]> {
    let encoder = JSONEncoder()
    encoder.dateEncodingStrategy = .iso8601
    let decoder = JSONDecoder()
    decoder.dateDecodingStrategy = .iso8601
    return MemcachedDict(client, keyPrefix: "events", codec: .json(encoder: encoder, decoder: decoder))
}

struct SessionCodec: ValueCodec {
    private let json: any ValueCodec<Session> = .json().compressed(above: 1_024, inflationLimit: 1 << 20)

    var name: String { "session" }
    var compresses: Bool { json.compresses }

    func encode(_ value: Session) throws -> EncodedValue { try json.encode(value) }

    func decode(_ encoded: EncodedValue) throws -> Session {
        let session = try json.decode(encoded)
        guard !session.user.isEmpty else { throw ValueCodecError(.typeMismatch, "a session without a user") }
        return session
    }
}

func phpSessions(_ client: MemcachedClient) -> MemcachedDict<Session> {
    MemcachedDict(client, keyPrefix: "sessions", codec: .json(), flags: .phpMemcached)
}

func profile(_ key: String, in profiles: MemcachedDict<Profile>) async throws -> Profile? {
    do {
        return try await profiles[key]
    } catch let error where error.code == .undecodable {
        try await profiles.removeValue(forKey: key)
        return nil
    }
}

func publish(_ report: [String], as name: String, in reports: MemcachedDict<[String]>) async throws -> Bool {
    do {
        try await reports.store(report, forKey: name)
        return true
    } catch let error where error.code == .valueTooLarge {
        return false  // the client knew, and sent nothing: what was there before is still there
    }
}

// MARK: Servers

func fleet() throws -> MemcachedClient.Configuration {
    var configuration = MemcachedClient.Configuration(servers: [
        MemcachedServer(.host("cache-1")),
        MemcachedServer(.host("cache-2"), weight: 2),
        try MemcachedServer("unix:/run/memcached.sock"),
    ])
    configuration.failurePolicy = .fail
    return configuration
}

func addServer(_ text: String, to client: MemcachedClient) throws {
    try client.setServers(client.servers + [MemcachedServer(text)])
}

// MARK: Errors

func title(of user: String, in profiles: MemcachedDict<Profile>) async -> String {
    do {
        return try await profiles[user]?.name ?? "stranger"
    } catch {
        switch error.code {
        case .invalidKey: return "a name that is too long"
        case .undecodable: return "a profile that can't be read"
        default: return "somebody; the cache is away"  // later versions may add codes
        }
    }
}
