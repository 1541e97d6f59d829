import MemcachedFraming
import NIOCore

extension GoldenGroup {
    static let compareAndSwap = GoldenGroup(
        name: "compare-and-swap",
        scenarios: [
            GoldenScenario("A CAS that matches stores, one that doesn't gives status 2") {
                let cas = try await $0.send(.set("k", "one")).first?.cas ?? 0
                try await $0.send(.set("k", "two", cas: cas + 1))
                try await $0.send(.replace("k", "two", cas: cas + 1))
                try await $0.send(.append("k", "two", cas: cas + 1))
                try await $0.send(.prepend("k", "two", cas: cas + 1))
                try await $0.send(.delete("k", cas: cas + 1))
                try await $0.send(.set("k", "two", cas: cas))
                try await $0.send(.get("k"))
            },
            GoldenScenario("A CAS on a missing key gives status 1, but 5 for APPEND and PREPEND") {
                try await $0.send(.set("k", "v", cas: 5))
                try await $0.send(raw: rawRequest(.add, extras: 8, key: "k", value: "v", cas: 5))
                try await $0.send(.replace("k", "v", cas: 5))
                try await $0.send(.delete("k", cas: 5))
                try await $0.send(.append("k", "v", cas: 5))
                try await $0.send(.prepend("k", "v", cas: 5))
            },
            GoldenScenario("A quiet mismatch carries the quiet opcode") {
                let cas = try await $0.send(.set("k", "one")).first?.cas ?? 0
                try await $0.send(.set("k", "two", cas: cas + 1, .quiet), .delete("k", cas: cas + 1, .quiet), .noop)
            },
            GoldenScenario("ADD with a matching CAS overwrites") {
                let cas = try await $0.send(.set("k", "one")).first?.cas ?? 0
                try await $0.send(raw: rawRequest(.add, extras: 8, key: "k", value: "two", cas: cas))
                try await $0.send(.get("k"))
            },
            GoldenScenario("GET ignores the request's CAS") {
                let cas = try await $0.send(.set("k", "one")).first?.cas ?? 0
                try await $0.send(raw: rawRequest(.get, key: "k", cas: cas + 1))
            },
            GoldenScenario("TOUCH and GAT do not change an item's CAS", masked: []) {
                try await $0.send(.set("k", "one"))
                try await $0.send(.touch(ItemKey("k"), expiration: 100), .getAndTouch(ItemKey("k"), expiration: 100))
                try await $0.send(.get("k"))
            },
            GoldenScenario("The CAS counter restarts with the server: an old CAS overwrites another's item", masked: [])
            {
                let cas = try await $0.send(.set("k", "before")).first?.cas ?? 0
                try await $0.restartServer()
                try await $0.send(.set("k", "another's"))
                try await $0.send(.set("k", "stale", cas: cas))
            },
        ]
    )

    static let expiration = GoldenGroup(
        name: "expiration",
        scenarios: [
            GoldenScenario("2,592,000 seconds are relative, and the item lives") {
                try await $0.send(.set("k", "value", expiration: 2_592_000))
                try await $0.send(.get("k"))
            },
            GoldenScenario("2,592,001 is a time in 1970: the item is stored and already expired") {
                try await $0.send(.set("k", "value", expiration: 2_592_001))
                try await $0.send(.get("k"))
            },
            GoldenScenario("0xFFFFFFFF is a far-future time: the item lives") {
                try await $0.send(.set("k", "value", expiration: 0xFFFF_FFFF))
                try await $0.send(.get("k"))
            },
            GoldenScenario("A lifetime of 1 s ends") {
                try await $0.send(.set("k", "value", expiration: 1))
                try await $0.send(.get("k"), until: .keyNotFound)
            },
            GoldenScenario("TOUCH with 2,592,001 expires an item at once") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.touch(ItemKey("k"), expiration: 2_592_001))
                try await $0.send(.get("k"))
            },
            GoldenScenario("INCREMENT keeps an existing counter's expiration") {
                try await $0.send(.set("n", "1", expiration: 2))
                try await $0.send(.increment("n", by: 1, expiration: 0))
                try await $0.send(.get("n"), until: .keyNotFound)
            },
        ]
    )

    static let brokenFrames = GoldenGroup(
        name: "broken-frames",
        scenarios: [
            GoldenScenario("A bad magic on a binary connection closes it, and nothing is said") {
                try await $0.send(.noop)
                try await $0.sendUntilClosed(raw: ByteBuffer(repeating: 0x42, count: 24))
            },
            GoldenScenario("A bad first byte on a fresh connection is taken for text: the server waits for more") {
                try await $0.sendWithoutEnd(raw: ByteBuffer(repeating: 0x42, count: 24))
            },
            GoldenScenario("Key and extras longer than the body give status 0x81, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.get, key: "key", bodyLength: 2))
            },
            GoldenScenario("Extras on GET give status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.get, extras: 4, key: "k"))
            },
            GoldenScenario("Too few extras on SET give status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.set, extras: 4, key: "k", value: "v"))
            },
            GoldenScenario("No extras on INCREMENT give status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.increment, key: "n"))
            },
            GoldenScenario("A value on GET gives status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.get, key: "k", value: "v"))
            },
            GoldenScenario("A value on DELETE gives status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.delete, key: "k", value: "v"))
            },
            GoldenScenario("A body on NOOP gives status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.noop, value: "v"))
            },
            GoldenScenario("An empty key gives status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.get))
            },
            GoldenScenario("A key of 251 bytes gives status 4, then a close") {
                try await $0.sendUntilClosed(raw: rawRequest(.get, key: String(repeating: "k", count: 251)))
            },
            GoldenScenario("A key of 20,000 bytes ends the connection, and nothing is said") {
                try await $0.sendUntilClosed(raw: rawRequest(.get, key: String(repeating: "k", count: 20_000)))
            },
            GoldenScenario("A value on TOUCH gets a normal reply, then the stream is out of step") {
                try await $0.send(.set("k", "value", flags: 7))
                // The value is one NOOP, which the server takes for a request.
                let noop = $0.bytes(.noop)
                var touch = rawRequest(.touch, extras: 4, key: "k", bodyLength: 5 + noop.readableBytes)
                touch.writeImmutableBuffer(noop)
                try await $0.send(raw: touch)
            },
            GoldenScenario("An unknown opcode with an empty body gives status 0x81") {
                try await $0.send(raw: rawRequest(Opcode(rawValue: 0x7F)))
            },
            GoldenScenario("An unknown opcode's body is swallowed again: no answer until as many bytes more arrive") {
                let config = try $0.bytes(.configGet(ItemKey("cluster")))
                // Seven bytes stand for the swallowed ones; the NOOP behind them is answered.
                try await $0.send(raw: config, ByteBuffer(string: "swallow"), $0.bytes(.noop))
            },
            GoldenScenario("A NOOP behind an unknown opcode's body loses its first bytes, and gets no answer") {
                let config = try $0.bytes(.configGet(ItemKey("cluster")))
                try await $0.sendWithoutEnd(raw: config, $0.bytes(.noop))
            },
        ]
    )
}
