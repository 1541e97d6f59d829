// Examples of the README and of Memcached's catalog, as they stand there; ExampleTests compares them.

import Memcached

struct Profile: Codable, Sendable {
    var name: String
    var visits: Int
}

func twoMinutes(servers: [String]) async throws {
    try await withMemcachedClient(servers: servers) { client in
        let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())

        try await profiles.store(Profile(name: "Ada", visits: 0), forKey: "ada", expiration: .after(.seconds(3600)))
        let ada = try await profiles["ada"]  // Profile?; nil is a miss, an outage throws
        print(ada?.name ?? "nobody")

        try await profiles.update(forKey: "ada") { $0.visits += 1 }
    }
}

func serve(servers: [MemcachedServer]) async throws {
    let client = try MemcachedClient(configuration: .init(servers: servers))
    try await withThrowingTaskGroup(of: Void.self) { group in
        group.addTask { try await client.run() }
        // ... the service's own work, with the client ...
        await client.shutdown()
        try await group.waitForAll()
    }
}

func changing(_ profiles: MemcachedDict<Profile>) async throws {
    guard var ada = try await profiles["ada"] else { return }
    ada.visits += 1  // the server knows nothing of this
    try await profiles.store(ada, forKey: "ada")  // now it does, whatever was there
}

func counting(_ profiles: MemcachedDict<Profile>) async throws {
    // Reads, changes and stores where nobody else has stored in between; again from the start where somebody has.
    let ada = try await profiles.update(forKey: "ada") { $0.visits += 1 }  // nil on a miss
    let new = Profile(name: "Grace", visits: 0)
    let grace = try await profiles.update(forKey: "grace", default: new) { $0.visits += 1 }
    print(ada?.visits ?? 0, grace.visits)
}

func racing(_ profiles: MemcachedDict<Profile>) async throws {
    guard var entry = try await profiles.entry(forKey: "ada") else { return }  // value and version
    entry.value.visits += 1
    switch try await profiles.store(entry) {
    case .stored(let version): print("stored as version", version)
    case .conflict: print("somebody else has stored since; nothing was changed")
    case .missing: print("the item is gone; nothing was changed")
    }
}
