import Memcached
import MemcachedTesting
import MemcachedTooling

/// The story, in chapters that build on one another.
struct Demo {
    /// What the demo stores.
    struct Profile: Codable, Equatable, Sendable {
        var name: String
        var visits: Int
    }

    let client: MemcachedClient
    let servers: [ServerAddress]
    /// The server that was started for the demo alone.
    let embedded: MemcachedTestServer?
    private let keyOptions: KeyOptions
    var narrator = Narrator()

    /// Of this run alone, so that two demos on one server don't meet.
    private let run = String(UInt32.random(in: .min ... .max), radix: 36)
    private var keys: Set<String> = []

    /// Should the demo be interrupted, nothing of it stays for long.
    private static let expiration = Expiration.after(.seconds(120))

    init(client: MemcachedClient, servers: [ServerAddress], embedded: MemcachedTestServer?, keyOptions: KeyOptions) {
        self.client = client
        self.servers = servers
        self.embedded = embedded
        self.keyOptions = keyOptions
    }

    /// A dictionary under a prefix of this run.
    func dictionary<Value>(_ name: String, _ codec: any ValueCodec<Value>) -> MemcachedDict<Value> {
        // With --prefix there is a colon more than a plain prefix may have.
        let keyPrefix = keyOptions.prefix == nil ? KeyPrefix(prefix(name)) : .verbatim("\(prefix(name)):")
        return MemcachedDict(client, keyPrefix: keyPrefix, codec: codec, expiration: Self.expiration)
    }

    /// The prefix as it is written in code.
    func prefixInCode(_ name: String) -> String {
        keyOptions.prefix == nil ? "\"\(prefix(name))\"" : ".verbatim(\"\(prefix(name)):\")"
    }

    private func prefix(_ name: String) -> String { keyOptions.itemKey("demo-\(run)-\(name)") }

    /// The key as the server knows it; it is removed at the end.
    @discardableResult
    mutating func itemKey(_ name: String, _ key: String) -> String {
        let itemKey = "\(prefix(name)):\(key)"
        keys.insert(itemKey)
        return itemKey
    }

    var profiles: MemcachedDict<Profile> { dictionary("profiles", .json()) }

    mutating func tell() async throws {
        try await introduce()
        try await storeStruct()
        try await changeCopy()
        try await raceTwoWriters()
        try await countTogether()
        try await compressLargeValue()
        try await readBatch()
        try await conclude()
    }

    private mutating func introduce() async throws {
        try StandardOutput.write("Memcached as a Swift dictionary")
        try StandardOutput.write("")
        let versions = await client.version()
        for server in servers {
            guard let version = try versions[server]?.get() else { continue }
            let kind =
                embedded == nil
                ? "memcached \(version)"
                : "the embedded server, started for this demo (--server HOST:PORT takes yours)"
            try narrator.tell("Server   \(server), \(kind)")
        }
        try narrator.tell(
            "Keys     begin with \(prefix("")), end after two minutes at the latest, and are removed at the end"
        )
    }

    private mutating func conclude() async throws {
        try narrator.chapter("Nothing stays behind")
        let count = keys.count
        let removed = await removeKeys()
        try narrator.tell(
            "Of the \(count.grouped) keys that this demo used, \(removed.grouped) still held a value. All are removed."
        )
        if let embedded {
            try narrator.tell("The embedded server holds \(embedded.itemCount) items now.")
            try narrator.check("the number of items left", embedded.itemCount, is: 0)
        }
        guard narrator.failures == 0 else { return }
        try StandardOutput.write("\nAll of it was checked while it happened: \(narrator.checks) checks, all passed.")
    }

    /// Removes what the demo has stored, and tells how much was there.
    @discardableResult
    func removeKeys() async -> Int {
        let results = await client.deleteMany(keys)
        return results.values.count { (try? $0.get()) == true }
    }
}
