import MemcachedTesting
import NIOCore

@testable import Memcached

/// Ways to errors that concern a secret key or a secret value. Each of the two, and the prefix, would show in an error that isn't
/// redacted.
struct Provocations {
    static let prefix = "tenant-7"
    static let key = "alice"
    static let value = "hunter2"

    /// A codec that quotes the value in whatever it throws.
    struct Quoting: ValueCodec {
        struct Refusal: Error, CustomStringConvertible {
            let description = "can't take '\(Provocations.value)'"
        }

        var name: String { "quoting" }

        func encode(_ value: String) throws -> EncodedValue { throw Refusal() }

        func decode(_ encoded: EncodedValue) throws -> String {
            throw ValueCodecError(.corrupted, "can't read '\(Provocations.value)'", cause: Refusal())
        }
    }

    let client: MemcachedClient
    let texts: MemcachedDict<String>
    let numbers: MemcachedDict<[String: Int]>
    let quoting: MemcachedDict<String>

    init(_ client: MemcachedClient) {
        self.client = client
        texts = MemcachedDict(client, keyPrefix: KeyPrefix(Self.prefix), codec: .text())
        numbers = MemcachedDict(client, keyPrefix: KeyPrefix(Self.prefix), codec: .json())
        quoting = MemcachedDict(client, keyPrefix: KeyPrefix(Self.prefix), codec: Quoting())
    }

    typealias Provocation = (code: MemcachedError.Code, call: () async throws -> Void)

    /// Those that need no server.
    func ofInput() -> [Provocation] {
        let key = Self.key
        let long = String(repeating: key, count: 60)
        let wrong = MemcachedDict<String>(client, keyPrefix: KeyPrefix("\(Self.prefix):\(key)"), codec: .text())
        let lookalikes = ["\(key)\u{E9}", "\(key)e\u{301}"]
        let entry = MemcachedEntry(key: key, value: Self.value, version: ItemVersion(cas: 1))
        return [
            (.invalidKey, { _ = try await texts[long] }), (.invalidKey, { _ = try await client.get(long) }),
            (.invalidKey, { _ = try client.server(for: long) }), (.invalidKey, { _ = try await texts[""] }),
            (.invalidKey, { _ = try await wrong[key] }), (.invalidKey, { _ = try await texts.values(forKeys: [long]) }),
            (.invalidKey, { _ = try await texts.values(forKeys: [long, long + "2"]) }),
            (.invalidKey, { _ = try await client.getMany([long])[long]?.get() }),
            (.invalidKey, { _ = try await texts.values(forKeys: lookalikes) }),
            (.invalidKey, { try await texts.update(forKey: long) { $0 += "!" } }),
            (.unencodable, { try await quoting.store(Self.value, forKey: key) }),
            (.unencodable, { try await quoting.store([key: Self.value]) }),
            (.unencodable, { _ = try await quoting.store(entry) }),
            (.invalidArgument, { try await texts.update(forKey: key, attempts: 0) { $0 += "!" } }),
            (.timedOut, { _ = try await texts.timeout(.zero)[key] }),
            (.timedOut, { try await texts.timeout(.zero).store(Self.value, forKey: key) }),
            (.timedOut, { _ = try await texts.timeout(.zero).values(forKeys: [key]) }),
            (.timedOut, { try await texts.timeout(.zero).update(forKey: key) { $0 += "!" } }),
            (.timedOut, { _ = try await texts.timeout(.zero).value(forKey: key) { Self.value } }),
        ]
    }

    /// Those that a server answers.
    func ofServer(_ server: MemcachedTestServer) -> [Provocation] {
        let (key, value) = (Self.key, Self.value)
        func store(_ text: String) async throws { try await texts.store(text, forKey: key) }
        func storeUnmarked(_ text: String) async throws {
            try await client.set("\(Self.prefix):\(key)", to: ByteBuffer(string: text))
        }
        let large = String(repeating: value, count: 1 << 18)
        return [
            (
                .undecodable,
                {
                    try await storeUnmarked("{\"\(value)\": \"\(value)\"}"); _ = try await numbers[key]
                }
            ),
            (
                .undecodable,
                {
                    try await storeUnmarked("{\"\(value)\"}"); _ = try await numbers[key]
                }
            ),
            (
                .undecodable,
                {
                    try await store(value); _ = try await quoting[key]
                }
            ),
            (
                .undecodable,
                {
                    try await store(value); _ = try await quoting.values(forKeys: [key])
                }
            ),
            (
                .undecodable,
                {
                    try await store(value); try await quoting.update(forKey: key) { _ in }
                }
            ),
            (.valueTooLarge, { try await store(large) }),
            (.valueTooLarge, { try await texts.store([key: large]) }),
            (
                .notANumber,
                {
                    try await store(value); _ = try await client.increment("\(Self.prefix):\(key)")
                }
            ),
            (
                .tooManyConflicts,
                {
                    try await store(value)
                    try await texts.update(forKey: key, attempts: 1) {
                        try await store(value)
                        $0 += "!"
                    }
                }
            ),
            (
                .versionUnusable,
                {
                    let entry = MemcachedEntry(key: key, value: value, version: ItemVersion(cas: 0))
                    _ = try await texts.outcomes(storing: [entry])[key]?.get()
                }
            ),
            (
                .versionUnusable,
                {
                    try await store(value)
                    guard let entry = try await texts.entry(forKey: key) else { return }
                    await server.restart()
                    while try await contains() == nil { await Task.yield() }
                    _ = try await texts.store(entry)
                }
            ),
        ]
    }

    /// Nil while the server is away.
    private func contains() async throws -> Bool? {
        do throws(MemcachedError) {
            return try await texts.contains(Self.key)
        } catch {
            guard [.connectionLost, .connectionFailed].contains(error.code) else { throw error }
            return nil
        }
    }

    /// Whether any rendering of the error holds a part of the secrets.
    static func isShown(in error: MemcachedError) -> Bool {
        var dumped = ""
        dump(error, to: &dumped)
        var texts = [
            "\(error)", String(reflecting: error), String(describing: error), error.message, error.key ?? "", dumped,
        ]
        if let cause = error.cause { texts += ["\(cause)", String(reflecting: cause)] }
        return texts.contains(where: isShown)
    }

    static func isShown(in text: String) -> Bool {
        [prefix, key, value].contains { text.contains($0) }
    }
}
