import Memcached
import NIOCore

extension Demo {
    mutating func storeStruct() async throws {
        try narrator.chapter("A struct is stored by key")
        let ada = Profile(name: "Ada", visits: 1)
        let itemKey = itemKey("profiles", "ada")

        try narrator.code("struct Profile: Codable { var name: String; var visits: Int }")
        try narrator.code(
            "let profiles = MemcachedDict<Profile>(client, keyPrefix: \(prefixInCode("profiles")), codec: .json())"
        )
        try narrator.code("try await profiles.store(Profile(name: \"Ada\", visits: 1), forKey: \"ada\")")
        try await profiles.store(ada, forKey: "ada")

        let stored = try await client.get(itemKey)
        let bytes = stored.map { String(buffer: $0.value) } ?? "nothing"
        try narrator.tell("On the server, under '\(itemKey)': \(bytes)")
        try narrator.tell("It is plain JSON, and other languages' clients read it as text.")

        let read = try await profiles["ada"]
        try narrator.check("the profile read back", read, is: ada)
        try narrator.tell("profiles[\"ada\"] gives \(show(read)).")

        let grace = try await profiles["grace"]
        try narrator.check("a key without a value", grace, is: nil)
        try narrator.tell(
            "profiles[\"grace\"] gives \(show(grace)): a miss is nil. A server that is down would have thrown an error."
        )
    }

    mutating func changeCopy() async throws {
        try narrator.chapter("What comes out is a copy; only a store changes the server")
        guard var entry = try await profiles.entry(forKey: "ada") else { throw vanished("ada") }

        try narrator.code("var entry = try await profiles.entry(forKey: \"ada\")    // the value, and its version")
        try narrator.code("entry.value.visits += 1")
        let before = entry.value.visits
        entry.value.visits += 1
        let untouched = try await profiles["ada"]
        try narrator.tell(
            "The copy now says \(entry.value.visits) visits, the server still says \(show(untouched?.visits))."
        )
        try narrator.check("the server's visits before the store", untouched?.visits, is: before)

        try narrator.code("try await profiles.store(entry)")
        let outcome = try await profiles.store(entry)
        let after = try await profiles["ada"]
        try narrator.tell("The outcome: \(show(outcome)). Now the server says \(show(after?.visits)).")
        try narrator.check("the server's visits after the store", after?.visits, is: before + 1)
    }

    mutating func raceTwoWriters() async throws {
        try narrator.chapter("Two writers race, and none overwrites the other")
        guard var first = try await profiles.entry(forKey: "ada"), var second = try await profiles.entry(forKey: "ada")
        else { throw vanished("ada") }
        let before = first.value.visits
        try narrator.tell(
            "Both read \(before) visits at version \(first.version). One adds 1, the other 10, and both store at once:"
        )

        first.value.visits += 1
        second.value.visits += 10
        let profiles = profiles
        async let firstStore = profiles.store(first)
        async let secondStore = profiles.store(second)
        let outcomes = (first: try await firstStore, second: try await secondStore)
        try narrator.tell("  the writer of  +1: \(show(outcomes.first))")
        try narrator.tell("  the writer of +10: \(show(outcomes.second))")
        let conflicts = [outcomes.first, outcomes.second].count { $0 == .conflict }
        try narrator.check("the number of writers that met a conflict", conflicts, is: 1)

        let between = try await profiles["ada"]
        try narrator.tell(
            "The server says \(show(between?.visits)). The one that lost the race reads again, and stores again:"
        )
        let missing = outcomes.first == .conflict ? 1 : 10
        guard var again = try await profiles.entry(forKey: "ada") else { throw vanished("ada") }
        again.value.visits += missing
        let outcome = try await profiles.store(again)
        let after = try await profiles["ada"]
        try narrator.tell("  the writer of \(missing == 1 ? " +1" : "+10"): \(show(outcome))")
        try narrator.tell("The server says \(show(after?.visits)): \(before) + 1 + 10, both changes are in.")
        try narrator.check("the visits after the race", after?.visits, is: before + 11)
    }

    private func show<Value>(_ value: Value?) -> String {
        value.map { "\($0)".replacing("Demo.", with: "") } ?? "nil"
    }

    private func show(_ outcome: StoreOutcome) -> String {
        switch outcome {
        case .stored(let version): "stored, version \(version)"
        case .conflict: "conflict, nothing was changed"
        case .missing: "missing, the item is gone"
        }
    }

    /// Memcached may drop any item at any time, the demo's as well.
    func vanished(_ key: String) -> Complaint {
        Complaint(
            "the server has dropped '\(key)' in the middle of the demo, as it may when it is short of memory or was flushed",
            advice: "Run the demo again.",
            status: .missing
        )
    }
}
