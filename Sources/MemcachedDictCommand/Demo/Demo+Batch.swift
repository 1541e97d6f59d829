import Memcached
import MemcachedTooling

extension Demo {
    mutating func readBatch() async throws {
        try narrator.chapter("A batch takes one round trip to each server")
        let names = (1...100).map { "guest-\($0)" }
        let guests = Dictionary(uniqueKeysWithValues: names.map { ($0, Profile(name: $0, visits: 1)) })
        for name in names { itemKey("profiles", name) }
        try await profiles.store(guests)

        try narrator.code(
            "let found = try await profiles.values(forKeys: keys)    // \(names.count) guests and 'nobody'"
        )
        let start = ContinuousClock.now
        let found = try await profiles.values(forKeys: names + ["nobody"])
        let batched = ContinuousClock.now - start

        try narrator.tell(
            "\(found.count) values of \(names.count + 1) keys came in \(batched.rounded); 'nobody' \(found["nobody"] == nil ? "is left out" : "has one")."
        )
        if servers.count > 1 {
            let owners = try names.map { try client.server(for: itemKey("profiles", $0)).index }
            for (index, server) in servers.enumerated() {
                try narrator.tell("  \(owners.count { $0 == index }) of the guests are on \(server)")
            }
        }
        try narrator.check("the batch", found, is: guests)

        let second = ContinuousClock.now
        for name in names { _ = try await profiles[name] }
        try narrator.tell("Reading the same guests one after another took \((ContinuousClock.now - second).rounded).")
    }
}
