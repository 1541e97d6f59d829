import MemcachedFraming
import NIOCore

extension GoldenGroup {
    static let smallItems = GoldenGroup(
        name: "small-items",
        arguments: ["-I", "1k", "-o", "slab_chunk_max=512"],
        scenarios: [
            GoldenScenario("A SET that is too large gives status 3 and has deleted the old value") {
                try await $0.send(.set("k", "old"))
                try await $0.send(.set("k", tooLarge))
                try await $0.send(.get("k"))
            },
            GoldenScenario("A SET that is too large deletes the old value even with a wrong CAS") {
                try await $0.send(.set("k", "old"))
                try await $0.send(.set("k", tooLarge, cas: 999))
                try await $0.send(.get("k"))
            },
            GoldenScenario("SETQ that is too large carries the quiet opcode") {
                try await $0.send(.set("k", tooLarge, .quiet), .noop)
            },
            GoldenScenario("A REPLACE that is too large keeps the old value") {
                try await $0.send(.set("k", "old"))
                try await $0.send(.replace("k", tooLarge))
                try await $0.send(.get("k"))
            },
            GoldenScenario("An APPEND that is too large itself gives status 3 and keeps the old value") {
                try await $0.send(.set("k", "old"))
                try await $0.send(.append("k", tooLarge))
                try await $0.send(.get("k"))
            },
            GoldenScenario("An APPEND that grows past the limit gives status 5 and keeps the old value") {
                try await $0.send(.set("k", half))
                try await $0.send(.append("k", half))
                try await $0.send(.get("k"))
            },
        ]
    )

    private static let tooLarge = String(repeating: "x", count: 1_100)
    private static let half = String(repeating: "x", count: 600)

    static let casOff = GoldenGroup(
        name: "cas-off",
        arguments: ["-C"],
        scenarios: [
            GoldenScenario("With -C, replies carry CAS 0", masked: []) {
                try await $0.send(.set("k", "one"))
                try await $0.send(.get("k"))
                try await $0.send(.increment("n", by: 1, initial: 1))
            },
            GoldenScenario("With -C, a SET, a REPLACE and an APPEND with any CAS succeed silently", masked: []) {
                try await $0.send(.set("k", "one"))
                try await $0.send(.set("k", "two", cas: 999))
                try await $0.send(.get("k"))
                try await $0.send(.replace("k", "three", cas: 999))
                try await $0.send(.append("k", ", four", cas: 999))
                try await $0.send(.get("k"))
            },
            GoldenScenario("With -C, a DELETE with a CAS gives status 2: no item has that CAS", masked: []) {
                try await $0.send(.set("k", "one"))
                try await $0.send(.delete("k", cas: 999))
                try await $0.send(.get("k"))
            },
            GoldenScenario("With -C, an INCREMENT with a CAS gives status 2", masked: []) {
                try await $0.send(.set("n", "1"))
                try await $0.send(.increment("n", by: 1, cas: 999))
            },
        ]
    )

    static let flushOff = GoldenGroup(
        name: "flush-off",
        arguments: ["-F"],
        scenarios: [
            GoldenScenario("With -F, FLUSH gives status 0x20, and the connection stays") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.flush())
                try await $0.send(.flush(delay: 1))
                try await $0.send(.flush(answer: .quiet), .noop)
                try await $0.send(.get("k"))
            }
        ]
    )

    static let fullMemory = GoldenGroup(
        name: "full-memory",
        arguments: ["-M", "-m", "2"],
        scenarios: [
            GoldenScenario("With -M, a full server gives status 0x82, and the connection survives") {
                let value = String(repeating: "x", count: 400)
                let filling = try (0..<20_000).map { try Request.set("filling-\($0)", value, .quiet) }
                try await $0.prepare("20,000 SETQ of 400 bytes, each under a key of its own", filling)
                try await $0.send(.set("one more", value))
                try await $0.send(.set("one more", value, .quiet), .noop)
            }
        ]
    )

    static let textOnly = GoldenGroup(
        name: "text-only",
        arguments: ["-B", "ascii"],
        scenarios: [
            GoldenScenario("A server for text only answers in text") {
                try await $0.sendWithoutEnd(raw: $0.bytes(.noop), ByteBuffer(string: "\n"))
            }
        ]
    )

    static let connectionLimit = GoldenGroup(
        name: "connection-limit",
        arguments: ["-c", "64", "-t", "1"],
        scenarios: [
            GoldenScenario("A server with too many connections says so in text, then closes") {
                for _ in 0..<64 { try await $0.connectOnceMore() }
                try await $0.listenUntilClosed()
            }
        ]
    )

    static let unauthenticated = GoldenGroup(
        name: "unauthenticated",
        arguments: ["-S"],
        needsSASL: true,
        scenarios: [
            GoldenScenario("Before authentication, GET gives status 0x20, then a close") {
                try await $0.sendUntilClosed(.get("k"))
            },
            GoldenScenario("Before authentication, SET gives status 0x20, then a close") {
                try await $0.sendUntilClosed(.set("k", "v"))
            },
            GoldenScenario("Before authentication, NOOP gives status 0x20, then a close") {
                try await $0.sendUntilClosed(.noop)
            },
            GoldenScenario("Before authentication, QUIT gives status 0x20, then a close") {
                try await $0.sendUntilClosed(.quit())
            },
            GoldenScenario("Before authentication, VERSION is answered", masked: [.values]) {
                try await $0.send(.version)
            },
            GoldenScenario("Before authentication, the mechanisms are listed") {
                try await $0.send(.saslListMechanisms)
            },
        ]
    )

    static let authentication = GoldenGroup(
        name: "authentication",
        arguments: ["-S"],
        needsSASL: true,
        scenarios: [
            GoldenScenario("PLAIN with the right password gives status 0, and other commands are taken") {
                try await $0.send(authenticate("PLAIN", "\0testuser\0secret"))
                try await $0.send(.noop)
            },
            GoldenScenario("A wrong password gives status 0x20, and the connection stays") {
                try await $0.send(authenticate("PLAIN", "\0testuser\0wrong"))
                try await $0.send(authenticate("PLAIN", "\0testuser\0secret"))
            },
            GoldenScenario("An unknown mechanism gives status 0x20, and the connection stays") {
                try await $0.send(authenticate("NONSENSE", "data"))
            },
            GoldenScenario("Without data, AUTH asks for it under status 0x21, and STEP brings it") {
                try await $0.send(authenticate("PLAIN", ""))
                try await $0.send(
                    .saslStep(mechanism: ItemKey("PLAIN"), data: ByteBuffer(string: "\0testuser\0secret"))
                )
                try await $0.send(.noop)
            },
            GoldenScenario("SCRAM-SHA-256 answers with a challenge under status 0x21", masked: [.values]) {
                try await $0.send(authenticate("SCRAM-SHA-256", "n,,n=testuser,r=fyko+d2lbbFgONRv9qkxdawL"))
            },
            GoldenScenario(
                "SCRAM's server-final arrives under status 0x21, and one more, empty step gives status 0",
                masked: [.values, .requestValues]
            ) {
                try await sendSCRAM(to: $0)
                try await $0.send(.saslStep(mechanism: ItemKey(SCRAMClient.mechanism), data: ByteBuffer()))
                try await $0.send(.noop)
            },
            GoldenScenario(
                "Without that empty step, NOOP gives status 0x20, then a close",
                masked: [.values, .requestValues]
            ) {
                try await sendSCRAM(to: $0)
                try await $0.sendUntilClosed(.noop)
            },
        ]
    )

    /// All of SCRAM-SHA-256 but the empty step behind it.
    private static func sendSCRAM(to exchange: GoldenExchange) async throws {
        let client = SCRAMClient(user: SASLDatabase.user, password: SASLDatabase.password)
        let challenge = try await exchange.send(authenticate(SCRAMClient.mechanism, client.first)).first
        let final = try client.final(challenge: challenge.map { String(buffer: $0.value) } ?? "")
        let proof = ByteBuffer(string: final.message)
        let answer = try await exchange.send(.saslStep(mechanism: ItemKey(SCRAMClient.mechanism), data: proof)).first
        guard answer.map({ String(buffer: $0.value) }) == final.serverFinal else {
            throw MemcachedFailure("no server-final with the right signature: \(String(describing: answer))")
        }
    }

    private static func authenticate(_ mechanism: String, _ data: String) throws -> Request {
        try .saslAuthenticate(mechanism: ItemKey(mechanism), data: ByteBuffer(string: data))
    }
}
