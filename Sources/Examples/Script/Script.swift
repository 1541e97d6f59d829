import Memcached

struct Profile: Codable, Sendable {
    var name: String
    var visits: Int
}

/// Stores a profile, reads it, and counts a visit: `swift run ExampleScript HOST[:PORT]...`
@main struct Script {
    static func main() async throws {
        let arguments = Array(CommandLine.arguments.dropFirst())
        try await run(servers: arguments.isEmpty ? ["127.0.0.1"] : arguments)
    }

    static func run(servers: [String]) async throws {
        try await withMemcachedClient(servers: servers) { client in
            let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())

            // Only where there is none: the script may run twice.
            let ada = Profile(name: "Ada", visits: 0)
            switch try await profiles.add(ada, forKey: "ada", expiration: .after(.seconds(3600))) {
            case .stored: print("Ada is new.")
            case .exists: print("Ada is known.")
            }

            if let ada = try await profiles["ada"] {
                print("\(ada.name) was here \(ada.visits) times.")
            }

            // Read, changed and stored, again where another process stores in between; nil where Ada is gone meanwhile.
            let after = try await profiles.update(forKey: "ada", expiration: .after(.seconds(3600))) { $0.visits += 1 }
            print("Now it is \(after?.visits ?? 0).")
        }
    }
}
