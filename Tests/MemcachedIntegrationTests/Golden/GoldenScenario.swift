import Foundation
import MemcachedFraming
import NIOCore
import Testing

/// What is said to a fresh memcached to show one fact.
struct GoldenScenario: Sendable {
    let claim: String
    let masked: [GoldenRecord.Mask]
    let speak: @Sendable (GoldenExchange) async throws -> Void

    /// CAS values are compared only where the claim is about them.
    init(
        _ claim: String,
        masked: [GoldenRecord.Mask] = [.cas],
        speak: @escaping @Sendable (GoldenExchange) async throws -> Void
    ) {
        self.claim = claim
        self.masked = masked
        self.speak = speak
    }

    func record(_ group: GoldenGroup, environment: [String: String]) async throws -> GoldenRecord {
        try await MemcachedProcess.withMemcached(group.arguments, environment: environment) { process in
            let exchange = try await GoldenExchange(process, claim: claim, masked: masked)
            do {
                try await speak(exchange)
            } catch {
                await exchange.close()
                throw error
            }
            await exchange.close()
            return exchange.record
        }
    }
}

/// The scenarios of one file, which share a server's options.
struct GoldenGroup: Sendable, CustomStringConvertible {
    let name: String
    var arguments: [String] = []
    /// Whether the server needs a configuration of SASL, and `saslpasswd2` to make it.
    var needsSASL = false
    let scenarios: [GoldenScenario]

    var description: String { name }

    static let all: [GoldenGroup] = [
        .retrieval, .storage, .counters, .administration, .compareAndSwap, .expiration, .brokenFrames,
        .smallItems, .casOff, .flushOff, .fullMemory, .textOnly, .connectionLimit, .unauthenticated, .authentication,
    ]
}

extension Request {
    static func get(_ name: String, withKey: Bool = false, _ answer: Answer = .always) throws -> Request {
        try .get(ItemKey(name), withKey: withKey, answer: answer)
    }

    static func set(
        _ name: String,
        _ value: String,
        flags: UInt32 = 0,
        expiration: UInt32 = 0,
        cas: UInt64 = 0,
        _ answer: Answer = .always
    ) throws -> Request {
        let value = ByteBuffer(string: value)
        return try .store(
            .set,
            ItemKey(name),
            value: value,
            flags: flags,
            expiration: expiration,
            cas: cas,
            answer: answer
        )
    }

    static func replace(_ name: String, _ value: String, cas: UInt64 = 0, _ answer: Answer = .always) throws -> Request
    {
        let value = ByteBuffer(string: value)
        return try .store(.replace, ItemKey(name), value: value, flags: 0, expiration: 0, cas: cas, answer: answer)
    }

    static func add(_ name: String, _ value: String, _ answer: Answer = .always) throws -> Request {
        try .add(ItemKey(name), value: ByteBuffer(string: value), flags: 0, expiration: 0, answer: answer)
    }

    static func append(_ name: String, _ value: String, cas: UInt64 = 0, _ answer: Answer = .always) throws -> Request {
        try .concatenate(.append, ItemKey(name), value: ByteBuffer(string: value), cas: cas, answer: answer)
    }

    static func prepend(_ name: String, _ value: String, cas: UInt64 = 0, _ answer: Answer = .always) throws -> Request
    {
        try .concatenate(.prepend, ItemKey(name), value: ByteBuffer(string: value), cas: cas, answer: answer)
    }

    static func delete(_ name: String, cas: UInt64 = 0, _ answer: Answer = .always) throws -> Request {
        try .delete(ItemKey(name), cas: cas, answer: answer)
    }

    static func increment(
        _ name: String,
        by delta: UInt64,
        initial: UInt64 = 0,
        expiration: UInt32 = 0,
        cas: UInt64 = 0,
        _ answer: Answer = .always
    ) throws -> Request {
        let key = try ItemKey(name)
        return .count(.increment, key, by: delta, initial: initial, expiration: expiration, cas: cas, answer: answer)
    }

    static func decrement(_ name: String, by delta: UInt64, _ answer: Answer = .always) throws -> Request {
        try .count(.decrement, ItemKey(name), by: delta, initial: 0, expiration: 0, answer: answer)
    }
}

/// A request's frame with any bytes in any field, right or wrong.
func rawRequest(
    _ opcode: Opcode,
    extras: Int = 0,
    key: String = "",
    value: String = "",
    bodyLength: Int? = nil,
    opaque: UInt32 = 99,
    cas: UInt64 = 0
) -> ByteBuffer {
    var bytes = ByteBuffer()
    bytes.writeFrameHeader(
        FrameHeader(
            magic: .request,
            opcode: opcode,
            keyLength: UInt16(key.utf8.count),
            extrasLength: UInt8(extras),
            bodyLength: UInt32(bodyLength ?? extras + key.utf8.count + value.utf8.count),
            opaque: opaque,
            cas: cas
        )
    )
    bytes.writeRepeatingByte(0, count: extras)
    bytes.writeString(key)
    bytes.writeString(value)
    return bytes
}
