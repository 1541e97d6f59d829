import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import TestSupport
import Testing

@Suite("A real memcached for one test", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct MemcachedProcessTests {
    @Test("It is reaped when its body returns, and when its body throws")
    func reaped() async throws {
        let pid = try await MemcachedProcess.withMemcached { try #require($0.pid) }
        #expect(kill(pid, 0) == -1 && errno == ESRCH)

        let seen = NIOLockedValueBox<pid_t>(0)
        await #expect(throws: MemcachedFailure.self) {
            try await MemcachedProcess.withMemcached { process in
                let pid = try #require(process.pid)
                seen.withLockedValue { $0 = pid }
                throw MemcachedFailure("thrown by the body")
            }
        }
        #expect(kill(seen.withLockedValue(\.self), 0) == -1 && errno == ESRCH)
    }

    @Test("It is reaped when its test is cancelled")
    func cancelled() async throws {
        let (pids, source) = AsyncStream<pid_t>.makeStream()
        let test = Task {
            try await MemcachedProcess.withMemcached { process in
                source.yield(try #require(process.pid))
                try await Task.sleep(for: .seconds(60))
            }
        }
        let pid = try #require(await pids.first { _ in true })
        test.cancel()
        _ = await test.result
        #expect(kill(pid, 0) == -1 && errno == ESRCH)
    }

    @Test("Killed, it refuses connections; restarted, it is another process on the same port")
    func restart() async throws {
        try await MemcachedProcess.withMemcached { process in
            let (address, pid) = (process.address, try #require(process.pid))
            await process.kill()
            #expect(process.pid == nil)
            await #expect(throws: (any Error).self) { try await connectAndClose(process) }
            try await process.restart()
            try await connectAndClose(process)
            #expect(process.address == address)
            #expect(process.pid != pid)
        }
    }

    #if os(Linux)
    @Test("Stopped, it stands still until it is resumed")
    func stop() async throws {
        try await MemcachedProcess.withMemcached { process in
            let pid = try #require(process.pid)
            try process.stop()
            #expect(try state(of: pid) == "T")
            try process.resume()
            #expect(try state(of: pid) != "T")
        }
    }

    /// The process's state as Linux names it.
    private func state(of pid: pid_t) throws -> String {
        let line = try String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8)
        return String(try #require(line.split(separator: ")").last?.split(separator: " ").first))
    }
    #endif

    @Test("It listens on a Unix socket where asked")
    func unixSocket() async throws {
        let address = try await MemcachedProcess.withMemcached(unixSocket: true) { process in
            try await connectAndClose(process)
            return process.address
        }
        #expect(address.hasPrefix("unix:/"))
        #expect(!FileManager.default.fileExists(atPath: String(address.dropFirst(5))))
    }

    @Test("An option that it doesn't know is reported with its own words")
    func unknownOption() async throws {
        let failure = await #expect(throws: MemcachedFailure.self) {
            try await MemcachedProcess.withMemcached(["--no-such-option"]) { _ in }
        }
        #expect(failure?.description.contains("no-such-option") == true)
    }
}

private func connectAndClose(_ process: MemcachedProcess) async throws {
    let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
    try await bootstrap.connect(to: process.socketAddress).get().close()
}
