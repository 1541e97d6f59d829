import MemcachedFraming
import NIOCore

extension GoldenGroup {
    static let counters = GoldenGroup(
        name: "counters",
        scenarios: [
            GoldenScenario("INCREMENT and DECREMENT answer with 8 bytes") {
                try await $0.send(.set("n", "10", flags: 7))
                try await $0.send(.increment("n", by: 5))
                try await $0.send(.decrement("n", by: 3))
                try await $0.send(.get("n"))
            },
            GoldenScenario("A missing counter is created with the initial value, the delta not applied, flags 0") {
                try await $0.send(.increment("n", by: 5, initial: 100))
                try await $0.send(.get("n"))
            },
            GoldenScenario("With expiration 0xFFFFFFFF a missing counter gives status 1") {
                try await $0.send(.increment("n", by: 5, initial: 100, expiration: Request.counterMustExist))
            },
            GoldenScenario("INCREMENT wraps at 2^64, DECREMENT stops at 0") {
                try await $0.send(.set("n", "18446744073709551615"))
                try await $0.send(.increment("n", by: 2))
                try await $0.send(.decrement("n", by: 9))
            },
            GoldenScenario("A counter that gets shorter is padded with trailing spaces") {
                try await $0.send(.set("n", "15"))
                try await $0.send(.decrement("n", by: 9))
                try await $0.send(.get("n"))
            },
            GoldenScenario("INCREMENT of empty, signed, trailing and overlong text gives status 6") {
                for text in ["", "-1", "12abc", "12345678901234567890123"] {
                    try await $0.send(.set("n", text))
                    try await $0.send(.increment("n", by: 1))
                }
            },
            GoldenScenario("INCREMENTQ and DECREMENTQ suppress success, and their errors carry the quiet opcode") {
                try await $0.send(.set("n", "10"), .set("text", "x"))
                try await $0.send(.increment("n", by: 5, .quiet), .decrement("n", by: 1, .quiet), .get("n"))
                try await $0.send(.increment("text", by: 5, .quiet), .decrement("text", by: 1, .quiet), .noop)
            },
            GoldenScenario("INCREMENT honours the request's CAS") {
                let cas = try await $0.send(.set("n", "10")).first?.cas ?? 0
                try await $0.send(.increment("n", by: 1, cas: cas + 1))
                try await $0.send(.increment("n", by: 1, cas: cas))
            },
        ]
    )

    static let administration = GoldenGroup(
        name: "administration",
        scenarios: [
            GoldenScenario("NOOP answers empty") { try await $0.send(.noop) },
            GoldenScenario("VERSION answers with text", masked: [.values]) { try await $0.send(.version) },
            GoldenScenario("QUIT answers, then the server closes") { try await $0.sendUntilClosed(.quit()) },
            GoldenScenario("QUITQ just closes") { try await $0.sendUntilClosed(.quit(answer: .quiet)) },
            GoldenScenario("FLUSH removes every item") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.flush())
                try await $0.send(.get("k"))
            },
            GoldenScenario("FLUSHQ suppresses success") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.flush(answer: .quiet), .noop)
                try await $0.send(.get("k"))
            },
            GoldenScenario("A delayed FLUSH removes nothing yet") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.flush(delay: 100), .flush(delay: 100, answer: .quiet), .noop)
                try await $0.send(.get("k"))
            },
            GoldenScenario("A delayed FLUSH kills what is written during the delay, too") {
                try await $0.send(.flush(delay: 3))
                try await $0.send(.set("k", "written during the delay"), .get("k"))
                try await $0.send(.get("k"), until: .keyNotFound)
            },
            GoldenScenario("STAT ends with an empty key and an empty value") {
                try await $0.send(.stat(ItemKey("reset")))
            },
            GoldenScenario("STAT sends a packet for each statistic", masked: [.values]) {
                try await $0.send(.set("k", "value"))
                try await $0.sendStat(ItemKey("items"), keeping: ["items:1:number", "items:1:age"])
            },
            GoldenScenario("STAT tells the server's incarnation: its pid, its time and its uptime", masked: [.values]) {
                try await $0.sendStat(keeping: ["pid", "time", "uptime", "version"])
            },
            GoldenScenario("STAT settings tells the server's limits") {
                try await $0.sendStat(
                    ItemKey("settings"),
                    keeping: ["item_size_max", "cas_enabled", "flush_enabled", "idle_timeout", "maxconns"]
                )
            },
            GoldenScenario("STAT of an unknown group gives status 1 in one packet, and no terminator") {
                try await $0.send(.stat(ItemKey("nonsense")))
            },
            GoldenScenario("VERBOSITY is unknown to 1.6, which swallows as many bytes more as its extras have") {
                try await $0.send(raw: $0.bytes(.verbosity(1)), ByteBuffer(string: "lost"), $0.bytes(.noop))
            },
            GoldenScenario("Without -S, SASL's commands are unknown, and the stream stays in step") {
                try await $0.send(.saslListMechanisms)
                try await $0.send(.saslAuthenticate(mechanism: ItemKey("PLAIN"), data: ByteBuffer(string: "\0u\0p")))
                try await $0.send(.saslStep(mechanism: ItemKey("PLAIN"), data: ByteBuffer(string: "more")))
            },
        ]
    )
}
