import Hummingbird
import Memcached

/// What the service remembers of a user.
struct Session: Codable, ResponseEncodable {
    var user: String
    var cart: Set<String> = []
}

/// The sessions of all users, under identifiers that nobody can guess.
struct Sessions: Sendable {
    /// A session ends half an hour after it was last used.
    static let lifetime = Expiration.after(.seconds(1_800))

    private let sessions: MemcachedDict<Session>

    init(_ client: MemcachedClient) {
        sessions = MemcachedDict(client, keyPrefix: "sessions", codec: .json(), expiration: Self.lifetime)
    }

    /// Begins a session, and returns its identifier.
    func begin(for user: String) async throws -> String {
        let id = String(UInt128.random(in: 0 ... .max), radix: 16)
        try await sessions.store(Session(user: user), forKey: id)
        return id
    }

    /// The session, which lives for another half hour; nil where it has ended.
    func session(_ id: String) async throws -> Session? {
        try await sessions.value(forKey: id, settingExpiration: Self.lifetime)
    }
}
