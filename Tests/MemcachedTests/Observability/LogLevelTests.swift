import InMemoryLogging
import InMemoryTracing
import Logging
import MemcachedFraming
import NIOCore
import TestSupport
import Testing

@testable import Memcached

/// A service that logs at `info` hears nothing of a client that does its work, and of each failure that somebody may have to act on.
@Suite(.fewAtATime) struct LogLevelTests {
    private let log: InMemoryLogHandler = {
        var log = InMemoryLogHandler()
        log.logLevel = .trace
        return log
    }()

    private func fleet(configure: (inout ClientConfiguration) -> Void = { _ in }) throws -> Fleet {
        try Fleet(logger: Logger(label: "fleet") { [log] _ in log }, configure: configure)
    }

    private func lines(at level: Logger.Level) -> [String] {
        log.entries.filter { $0.level >= level }.map { "\($0.level): \($0.message)" }
    }

    @Test func `connecting, calls, misses, a lost connection, other servers and a shutdown are silent at info`() throws
    {
        let fleet = try fleet()
        let running = fleet.run()
        let first = try fleet.accept()
        let hit = fleet.get("a")
        try first.answer(first.requests())
        #expect(hit.outcome == "value of a")
        let miss = fleet.get("b")
        try first.answer(first.requests(), .keyNotFound)
        #expect(miss.outcome == "miss")
        fleet.advance(.seconds(1))
        try first.hangUp()
        let second = try fleet.accept()
        let set = fleet.set("a")
        try second.answer(second.requests())
        #expect(set.value == "stored")
        try fleet.client.setServers([MemcachedServer(.host("cache-1")), MemcachedServer(.host("cache-2"))])
        _ = try fleet.accept()
        _ = fleet.call { await $0.shutdown() }
        fleet.advance(.seconds(5))
        fleet.finish()
        #expect(running.value == "ended")
        #expect(lines(at: .info) == [])
        #expect(lines(at: .debug).contains("debug: connected"))
        #expect(lines(at: .debug).contains("debug: lost the connection"))
        #expect(lines(at: .debug).contains("debug: the servers have changed"))
    }

    @Test func `a server that can't be reached is a warning, and its return is told`() throws {
        let fleet = try fleet()
        defer { fleet.finish() }
        _ = fleet.run()
        try fleet.refuse()
        #expect(lines(at: .info) == ["warning: can't connect"])
        fleet.advance(.seconds(1))
        let wire = try fleet.accept()
        #expect(lines(at: .info) == ["warning: can't connect", "notice: connected"])
        fleet.advance(.seconds(10))
        _ = try wire.requests()
        try wire.hangUp()
        _ = try fleet.accept()
        #expect(lines(at: .info) == ["warning: can't connect", "notice: connected"])
    }

    @Test func `a server that is left out is a warning, and its return is told`() throws {
        let fleet = try fleet { $0.ejection = ServerEjection(failures: 1) }
        defer { fleet.finish() }
        _ = fleet.run()
        let wire = try fleet.accept()
        let call = fleet.get("a", timeout: .milliseconds(10))
        let late = try wire.requests()
        fleet.advance(.milliseconds(10))
        #expect(call.outcome == "timedOut")
        #expect(lines(at: .info).map { $0.prefix(30) } == ["warning: the server is left ou"])
        fleet.advance(.seconds(2))
        try wire.answer(late + wire.requests())
        #expect(lines(at: .info).last == "notice: the server answers again")
    }
}
