import Memcached
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct FaultedRepliesTests {
    /// Each breaks the protocol, and a client that goes on after it may give values to the wrong callers.
    static let violations: [ServerFault] = [
        .garble(.magic), .garble(.opcode), .garble(.lengths), .wrongOpaque(), .wrongOpaque(offset: 1), .textError(),
    ]

    private func withTen(_ body: (MemcachedClient, MemcachedTestServer) async throws -> Void) async throws {
        try await withMemcachedTestServer { server in
            try await withClient(of: [server.address]) {
                // A connection that ends soon is no reason to wait.
                $0.initialBackoff = .microseconds(1)
            } _: { client in
                for number in 0..<10 { try await client.set("key-\(number)", to: bytes("value \(number)")) }
                try await body(client, server)
            }
        }
    }

    @Test(arguments: violations)
    func `a broken reply is an error, and the next call has a new connection`(fault: ServerFault) async throws {
        try await withTen { (client, server) async throws in
            let injected = server.inject(fault, on: .gets, forKey: "key-3", times: 1)
            #expect(await code { try await client.get("key-3") } == .protocolViolation)
            #expect(injected.count == 1)
            #expect(try await client.untilReachable("key-3")?.value == bytes("value 3"))
        }
    }

    @Test(arguments: violations)
    func `a broken reply to a mutation leaves its outcome unknown`(fault: ServerFault) async throws {
        try await withTen { (client, server) async throws in
            server.inject(fault, on: .sets, forKey: "key-3", times: 1)
            #expect(await code { try await client.set("key-3", to: bytes("new")) } == .outcomeUnknown)
            let isCarriedOut = fault != .textError()
            #expect(try await client.untilReachable("key-3")?.value == bytes(isCarriedOut ? "new" : "value 3"))
        }
    }

    @Test(arguments: violations + [.duplicate])
    func `of many calls at once none gets another's value from a broken stream`(fault: ServerFault) async throws {
        try await withTen { (client, server) async throws in
            let injected = server.inject(fault, on: .gets, after: 20, times: 1)
            let calls = (0..<100).map { index in Task { try await client.get("key-\(index % 10)") } }
            for (index, call) in calls.enumerated() {
                switch await call.result {
                case .success(let item): #expect(item?.value == bytes("value \(index % 10)"))
                case .failure(let error): #expect((error as? MemcachedError)?.code == .protocolViolation)
                }
            }
            #expect(injected.count == 1)
            #expect(try await client.untilReachable("key-3")?.value == bytes("value 3"))
        }
    }

    @Test(arguments: violations + [.duplicate])
    func `of a batch no key gets another's value, and no failure looks like a miss`(fault: ServerFault) async throws {
        try await withTen { (client, server) async throws in
            let injected = server.inject(fault, on: .gets, forKey: "key-3", times: 1)
            // "key-3" stands before a key that is missing, which no reply of its own would defend. Opaques of neighbours lie far
            // apart: with an offset of 1 the reply is nobody's, and not that key's.
            let names = ["key-1", "key-2", "key-3", "nothing", "key-4"]
            let results = await client.getMany(names)
            for name in names {
                let isThere = name != "nothing"
                switch results[name] {
                case .success(let item?):
                    #expect(isThere && item.value == bytes(name.replacing("key-", with: "value ")))
                case .success(nil):
                    #expect(!isThere)
                case .failure(let error):
                    #expect(error.code == .protocolViolation)
                case nil:
                    Issue.record("\(name) has no result")
                }
            }
            #expect(results.values.contains { (try? $0.get()) == nil })
            #expect(injected.count == 1)
            #expect(try await client.untilReachable("key-3")?.value == bytes("value 3"))
        }
    }

    @Test func `an answer that comes twice is taken once`() async throws {
        try await withTen { (client, server) async throws in
            let injected = server.inject(.duplicate, on: .increments, times: 1)
            #expect(try await client.increment("counter", by: 1, initial: 1) == 1)
            #expect(injected.count == 1)
            #expect(try await client.untilReachable("counter")?.value == bytes("1"))
            #expect(server.item(forKey: "counter")?.value == Array("1".utf8))
        }
    }

    @Test func `a garbled value is found by its codec, never taken for a miss`() async throws {
        try await withTen { client, server in
            let visitors = MemcachedDict<Visitor>.visitors(client)
            try await visitors.store(Visitor(name: "Ada"), forKey: "ada")
            let injected = server.inject(.garble(.value), on: .gets, forKey: "visitors:ada", times: 1)
            #expect(await code { try await visitors["ada"] } == .undecodable)
            #expect(injected.count == 1)
            #expect(try await visitors["ada"]?.name == "Ada")
        }
    }
}
