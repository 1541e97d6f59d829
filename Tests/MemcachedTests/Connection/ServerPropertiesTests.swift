import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

@Suite("What a handshake tells of a server", .fewAtATime)
struct ServerPropertiesTests {
    static func properties(_ general: [String: String], _ settings: [String: String] = [:]) -> ServerProperties {
        func replies(_ table: [String: String]) -> [Reply] {
            table.map { reply(.stat, 1, key: $0, value: $1) }
        }
        return ServerProperties(
            general: replies(general),
            settings: replies(settings),
            connectionID: 42,
            configuredItemSizeLimit: 5_000
        )
    }

    @Test("The process and its start name the incarnation")
    func incarnation() {
        let properties = Self.properties(["pid": "17", "time": "1000", "uptime": "10"])
        #expect(properties.incarnation == .process(id: 17, started: 990))
        // A second later it is the same.
        #expect(Self.properties(["pid": "17", "time": "1001", "uptime": "11"]) == properties)
    }

    @Test(
        "Without all of them, or with nonsense, the connection stands for it",
        arguments: [
            [:],
            ["pid": "17", "time": "1000"],
            ["pid": "", "time": "1000", "uptime": "10"],
            ["pid": "-1", "time": "1000", "uptime": "10"],
            ["pid": "17", "time": "soon", "uptime": "10"],
            ["pid": "17", "time": "-9223372036854775808", "uptime": "1"],
            ["pid": "17", "time": "99999999999999999999", "uptime": "1"],
        ] as [[String: String]]
    )
    func unknownIncarnation(general: [String: String]) {
        #expect(Self.properties(general).incarnation == .connection(42))
    }

    @Test(
        "The item size is the server's where it is within reason, else the configured one",
        arguments: [
            ("1048576", 1_048_576), ("1024", 1024), ("2147483647", 2_147_483_647),
            ("1023", 5_000), ("0", 5_000), ("-5", 5_000), ("2147483648", 5_000), ("much", 5_000), ("", 5_000),
        ]
    )
    func itemSize(text: String, limit: Int) {
        #expect(Self.properties([:], ["item_size_max": text]).itemSizeLimit == limit)
    }

    @Test("CAS is on unless the server says that it is off")
    func cas() {
        #expect(Self.properties([:]).isCASEnabled)
        #expect(Self.properties([:], ["cas_enabled": "yes"]).isCASEnabled)
        #expect(!Self.properties([:], ["cas_enabled": "no"]).isCASEnabled)
    }

    @Test("A refusal tells nothing")
    func refusal() {
        let refused = reply(.stat, 1, status: .unknownCommand, value: "Unknown command")
        #expect(ServerProperties.table([refused]).isEmpty)
    }

    @Test("The largest value is what memcached 1.6.18 was measured to take under that key")
    func largestValue() {
        let properties = ServerProperties(incarnation: .connection(1), itemSizeLimit: 1_048_576, isCASEnabled: true)
        #expect(properties.maximumValueLength(keyLength: 1, hasFlags: false) == 1_048_516)
        #expect(properties.maximumValueLength(keyLength: 250, hasFlags: true) == 1_048_263)
        let withoutCAS = ServerProperties(incarnation: .connection(1), itemSizeLimit: 1_048_576, isCASEnabled: false)
        #expect(withoutCAS.maximumValueLength(keyLength: 1, hasFlags: false) == 1_048_524)
    }
}
