#if Management
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

    /// Puts an item into the cart, whatever other requests of the same user do at that moment; nil where the session has ended.
    func add(_ item: String, toCartOf id: String) async throws -> Session? {
        // An item that is put into a set twice is in it once: an insertion whose outcome isn't known may be made again.
        try await sessions.update(forKey: id, whenUnknown: .applyAgain) { $0.cart.insert(item) }
    }

    /// Ends a session.
    func end(_ id: String) async throws {
        try await sessions.removeValue(forKey: id)
    }
}

extension Sessions {
    func addRoutes(to router: Router<BasicRequestContext>) {
        // Whether users are who they say they are is not this example's subject.
        router.post("session/:user") { _, context in
            let id = try await begin(for: try context.parameters.require("user"))
            var response = Response(status: .created)
            response.setCookie(Cookie(name: "session", value: id, path: "/", httpOnly: true, sameSite: .strict))
            return response
        }
        router.get("session") { request, _ in
            try found(await session(try id(in: request)))
        }
        router.put("session/cart/:item") { request, context in
            try found(await add(try context.parameters.require("item"), toCartOf: try id(in: request)))
        }
        router.delete("session") { request, _ in
            try await end(try id(in: request))
            return HTTPResponse.Status.noContent
        }
    }

    private func id(in request: Request) throws -> String {
        try found(request.cookies["session"]?.value)
    }

    private func found<Value>(_ value: Value?) throws -> Value {
        guard let value else { throw HTTPError(.unauthorized, message: "there is no session, or it has ended") }
        return value
    }
}
#endif
