import MemcachedFraming
import NIOCore

extension GoldenGroup {
    static let retrieval = GoldenGroup(
        name: "retrieval",
        scenarios: [
            GoldenScenario("GET of an item gives its flags, its value and its CAS") {
                try await $0.send(.set("k", "value", flags: 0xDEAD_BEEF))
                try await $0.send(.get("k"))
            },
            GoldenScenario("GET of an empty value is a hit") {
                try await $0.send(.set("k", ""))
                try await $0.send(.get("k"))
            },
            GoldenScenario("GET of a missing key gives status 1 with text") { try await $0.send(.get("k")) },
            GoldenScenario("GETQ suppresses only a miss, and a hit carries the quiet opcode") {
                try await $0.send(.set("k", "value", flags: 1))
                try await $0.send(.get("missing", .quiet), .get("k", .quiet), .get("gone", .quiet), .noop)
            },
            GoldenScenario("GETK gives the key, too") {
                try await $0.send(.set("k", "value", flags: 1))
                try await $0.send(.get("k", withKey: true))
            },
            GoldenScenario("A GETK miss carries the key as its body, and no text") {
                try await $0.send(.get("missing", withKey: true))
            },
            GoldenScenario("GETKQ suppresses only a miss") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.get("missing", withKey: true, .quiet), .get("k", withKey: true, .quiet), .noop)
            },
            GoldenScenario("TOUCH returns the item's flags, and no value") {
                try await $0.send(.set("k", "value", flags: 0xDEAD_BEEF))
                try await $0.send(.touch(ItemKey("k"), expiration: 100))
            },
            GoldenScenario("TOUCH of a missing key gives status 1") {
                try await $0.send(.touch(ItemKey("k"), expiration: 100))
            },
            GoldenScenario("GAT and GATK answer as GET and GETK") {
                try await $0.send(.set("k", "value", flags: 7))
                try await $0.send(.getAndTouch(ItemKey("k"), expiration: 100))
                try await $0.send(.getAndTouch(ItemKey("k"), expiration: 100, withKey: true))
            },
            GoldenScenario("A GAT miss gives status 1, and so does a GATK miss") {
                try await $0.send(.getAndTouch(ItemKey("missing"), expiration: 100))
                try await $0.send(.getAndTouch(ItemKey("missing"), expiration: 100, withKey: true))
            },
            GoldenScenario("GATQ and GATKQ suppress only a miss") {
                try await $0.send(.set("k", "value", flags: 7))
                for withKey in [false, true] {
                    try await $0.send(
                        .getAndTouch(ItemKey("missing"), expiration: 100, withKey: withKey, answer: .quiet),
                        .getAndTouch(ItemKey("k"), expiration: 100, withKey: withKey, answer: .quiet),
                        .noop
                    )
                }
            },
            GoldenScenario("A key may have 250 bytes of any value") {
                let key = try ItemKey(bytes: ByteBuffer(bytes: (0..<250).map { UInt8($0) }))
                let value = ByteBuffer(string: "value")
                try await $0.send(.store(.set, key, value: value, flags: 0, expiration: 0))
                try await $0.send(.get(key, withKey: true))
            },
            GoldenScenario("The server ignores the data type and the vbucket") {
                var bytes = $0.bytes(try .get("k"))
                bytes.setInteger(UInt8(0xAA), at: 5)
                bytes.setInteger(UInt16(0xBBBB), at: 6)
                try await $0.send(raw: bytes)
            },
        ]
    )

    static let storage = GoldenGroup(
        name: "storage",
        scenarios: [
            GoldenScenario("SET gives the new CAS") { try await $0.send(.set("k", "value")) },
            GoldenScenario("SETQ suppresses success, and never shows the new CAS") {
                try await $0.send(.set("k", "value", .quiet), .noop)
                try await $0.send(.get("k"))
            },
            GoldenScenario("ADD of a missing key stores it") { try await $0.send(.add("k", "value")) },
            GoldenScenario("ADD of an existing key gives status 2") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.add("k", "other"))
            },
            GoldenScenario("ADDQ suppresses success, and its error carries the quiet opcode") {
                try await $0.send(.add("k", "value", .quiet), .add("k", "other", .quiet), .noop)
            },
            GoldenScenario("REPLACE of an existing key stores it") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.replace("k", "other"))
            },
            GoldenScenario("REPLACE of a missing key gives status 1") { try await $0.send(.replace("k", "value")) },
            GoldenScenario("REPLACEQ suppresses success, and its error carries the quiet opcode") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.replace("k", "other", .quiet), .replace("missing", "other", .quiet), .noop)
            },
            GoldenScenario("APPEND and PREPEND give the new CAS") {
                try await $0.send(.set("k", "b", flags: 7))
                try await $0.send(.append("k", "c"))
                try await $0.send(.prepend("k", "a"))
                try await $0.send(.get("k"))
            },
            GoldenScenario("APPEND and PREPEND to a missing key give status 5") {
                try await $0.send(.append("k", "c"))
                try await $0.send(.prepend("k", "a"))
            },
            GoldenScenario("APPENDQ and PREPENDQ suppress success, and their errors carry the quiet opcode") {
                try await $0.send(.set("k", "b"))
                try await $0.send(.append("k", "c", .quiet), .prepend("k", "a", .quiet), .get("k"))
                try await $0.send(.append("missing", "c", .quiet), .prepend("missing", "a", .quiet), .noop)
            },
            GoldenScenario("DELETE gives CAS 0") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.delete("k"))
                try await $0.send(.get("k"))
            },
            GoldenScenario("DELETE of a missing key gives status 1") { try await $0.send(.delete("k")) },
            GoldenScenario("DELETEQ suppresses success, and its error carries the quiet opcode") {
                try await $0.send(.set("k", "value"))
                try await $0.send(.delete("k", .quiet), .delete("k", .quiet), .noop)
            },
        ]
    )
}
