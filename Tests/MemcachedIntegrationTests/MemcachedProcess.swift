import Foundation
import NIOConcurrencyHelpers
import NIOCore
import NIOPosix
import Subprocess
import Testing

/// A real memcached, started for one test on a free loopback port or on a Unix socket of its own.
///
/// It is killed and reaped when ``withMemcached(_:host:port:unixSocket:environment:sourceLocation:body:)`` ends, however that ends; on
/// Linux the kernel kills it should the test process die first.
final class MemcachedProcess: Sendable {
    /// "HOST:PORT" or "unix:PATH".
    let address: String
    let socketAddress: SocketAddress

    private struct State {
        var pid: pid_t?
        /// Ends when the process is reaped, with what it left behind: its status and what it wrote to standard error.
        var life: Task<String, Never>?
        var wasKilled = false
    }

    private let place: MemcachedPlace
    private let arguments: [String]
    private let environment: [String: String]
    private let state = NIOLockedValueBox(State())

    private init(place: MemcachedPlace, arguments: [String], environment: [String: String]) throws {
        self.place = place
        address = place.description
        socketAddress = try place.socketAddress
        self.arguments = arguments
        self.environment = environment
    }

    /// The port; 0 on a Unix socket.
    var port: Int {
        socketAddress.port ?? 0
    }

    /// The running process's id; nil while it is killed.
    var pid: pid_t? {
        state.withLockedValue(\.pid)
    }
}

extension MemcachedProcess {
    /// Starts memcached, waits until it accepts connections, and ends it after `body`. A server that died by itself, or one
    /// that can't be ended, is a failure of the test.
    static func withMemcached<Outcome>(
        _ arguments: [String] = [],
        host: String = "127.0.0.1",
        port: Int = 0,
        unixSocket: Bool = false,
        environment: [String: String] = [:],
        sourceLocation: SourceLocation = #_sourceLocation,
        body: (MemcachedProcess) async throws -> Outcome
    ) async throws -> Outcome {
        let place = try unixSocket ? .temporarySocket() : MemcachedPlace.freePort(host: host, port: port)
        let process = try MemcachedProcess(place: place, arguments: arguments, environment: environment)
        do {
            try await process.start()
        } catch {
            await process.kill()
            process.place.release()
            throw error
        }
        let outcome: Result<Outcome, any Error>
        do {
            outcome = .success(try await body(process))
        } catch {
            outcome = .failure(error)
        }
        await process.end(sourceLocation)
        return try outcome.get()
    }

    /// SIGSTOP: connections stay open and are accepted, and nothing is read or answered. Returns when the process stands still.
    func stop() throws {
        let pid = try send(SIGSTOP)
        var information = siginfo_t()
        while waitid(P_PID, id_t(pid), &information, WSTOPPED | WNOWAIT) == -1, errno == EINTR {}
    }

    /// SIGCONT.
    func resume() throws {
        try send(SIGCONT)
    }

    /// SIGKILL. Returns when the process is reaped: from then on its port refuses connections.
    func kill() async {
        state.withLockedValue { $0.wasKilled = true }
        _ = try? send(SIGKILL)
        _ = await state.withLockedValue(\.life)?.value
    }

    /// Kills the process and starts another, empty one in its place.
    func restart() async throws {
        await kill()
        try await start()
    }

    @discardableResult
    private func send(_ signal: Int32) throws -> pid_t {
        try state.withLockedValue { state in
            guard let pid = state.pid else { throw MemcachedFailure("memcached isn't running") }
            guard Foundation.kill(pid, signal) == 0 else {
                throw MemcachedFailure("signal \(signal) to memcached \(pid): \(String(cString: strerror(errno)))")
            }
            return pid
        }
    }
}

extension MemcachedProcess {
    private func start() async throws {
        let (pids, pidSource) = AsyncStream<pid_t>.makeStream()
        let life = Task { [self] in
            defer { pidSource.finish() }
            return await run { pidSource.yield($0) }
        }
        state.withLockedValue {
            $0.life = life
            $0.wasKilled = false
        }
        // In a task of its own, since a cancelled test must learn the pid, too, to kill it.
        let pid = await Task { await pids.first { _ in true } }.value
        guard pid != nil else { throw MemcachedFailure("memcached didn't start: \(await life.value)") }
        try await waitUntilReady(life)
    }

    /// Returns when the process is reaped.
    private func run(started: (pid_t) -> Void) async -> String {
        let (executable, arguments) = commandLine
        do {
            let result = try await Subprocess.run(
                executable,
                arguments: Arguments(arguments),
                input: .none,
                output: .discarded,
                error: .string(limit: 1 << 20)
            ) { execution in
                let pid = execution.processIdentifier.value
                state.withLockedValue { $0.pid = pid }
                started(pid)
            }
            state.withLockedValue { $0.pid = nil }
            return "\(result.terminationStatus) \(result.standardError)"
        } catch {
            state.withLockedValue { $0.pid = nil }
            return "\(error)"
        }
    }

    private var commandLine: (Executable, [String]) {
        // By env, so that what is preloaded is memcached's alone, and not setpriv's, which is another user.
        var words = ["env"] + environment.map { "\($0)=\($1)" } + ["memcached"] + place.arguments + arguments
        guard getuid() == 0 else { return (.name("env"), Array(words.dropFirst())) }
        #if os(Linux)
        // memcached's own -u would clear the parent's death signal.
        let nobody = ["--reuid=65534", "--regid=65534", "--clear-groups", "--pdeathsig=KILL"]
        return (.name("setpriv"), nobody + words)
        #else
        words += ["-u", "nobody"]
        return (.name("env"), Array(words.dropFirst()))
        #endif
    }

    private func waitUntilReady(_ life: Task<String, Never>) async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        while true {
            let bootstrap = ClientBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            if let channel = try? await bootstrap.connect(to: socketAddress).get() {
                try? await channel.close()
                return
            }
            guard pid != nil else { throw MemcachedFailure("memcached ended at once: \(await life.value)") }
            guard ContinuousClock.now < deadline else {
                throw MemcachedFailure("memcached at \(address) accepted no connection within 10 s")
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }

    private func end(_ sourceLocation: SourceLocation) async {
        let last = state.withLockedValue { (pid: $0.pid, life: $0.life, wasKilled: $0.wasKilled) }
        if last.pid == nil, !last.wasKilled, let life = last.life {
            Issue.record("memcached ended by itself: \(await life.value)", sourceLocation: sourceLocation)
        }
        await kill()
        if let pid = last.pid, Foundation.kill(pid, 0) == 0 {
            Issue.record("memcached \(pid) outlived its test", sourceLocation: sourceLocation)
        }
        place.release()
    }
}

struct MemcachedFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) {
        self.description = description
    }
}
