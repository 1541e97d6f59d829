import Memcached
import NIOConcurrencyHelpers
import NIOCore
import Subprocess

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// A memcached of this process's own, which it can stop, kill, and start again in the same place.
final class ServerProcess: Sendable {
    let address: ServerAddress

    private struct State {
        var pid: pid_t?
        /// Ends when the process is reaped, with what it left behind.
        var running: Task<String, Never>?
        var mayEnd = false
        /// Odd while the process is being killed: what is acknowledged then may be lost.
        var life = 0
        var upSince: ContinuousClock.Instant?
        var slowestRecovery: Duration?
        var unexpectedEnds: [String] = []
    }

    private let port: LoopbackPort
    private let threads: Int?
    private let state = NIOLockedValueBox(State())

    /// - Parameter threads: how many threads serve connections; nil for memcached's own default.
    init(threads: Int? = nil) throws {
        port = try LoopbackPort()
        self.threads = threads
        address = .host("127.0.0.1", port: port.number)
    }

    /// Which life of the server this is: 0 the first, 2 the next; odd between the decision to kill it and its end.
    var life: Int { state.withLockedValue(\.life) }

    /// What it said when it ended by itself.
    var unexpectedEnds: [String] { state.withLockedValue(\.unexpectedEnds) }
}

extension ServerProcess {
    /// Starts the process, and waits until it accepts connections.
    func start() async throws {
        state.withLockedValue {
            $0.mayEnd = false
            $0.running = Task { await self.run() }
        }
        try await waitUntilReady()
    }

    /// SIGKILL. Returns when the process is reaped: from then on its port refuses connections.
    func kill() async {
        let running = state.withLockedValue { state -> Task<String, Never>? in
            guard state.running != nil else { return nil }
            state.life += 1
            state.mayEnd = true
            state.upSince = nil
            if let pid = state.pid { signal(SIGKILL, to: pid) }
            return state.running
        }
        guard let running else { return }
        _ = await running.value
        state.withLockedValue {
            $0.running = nil
            $0.life += 1
        }
    }

    /// SIGSTOP: connections stay open and are accepted, and nothing is read or answered.
    func halt() {
        state.withLockedValue {
            $0.upSince = nil
            if let pid = $0.pid { signal(SIGSTOP, to: pid) }
        }
    }

    /// SIGCONT.
    func resume() {
        state.withLockedValue { if let pid = $0.pid { signal(SIGCONT, to: pid) } }
    }

    /// Kills the process, and gives the port back.
    func end() async {
        await kill()
        port.release()
    }

    /// SIGKILL, without waiting for what comes of it: the last means before this process ends.
    func killAtOnce() {
        state.withLockedValue { if let pid = $0.pid { signal(SIGKILL, to: pid) } }
    }

    private func signal(_ number: CInt, to pid: pid_t) {
        #if canImport(Darwin)
        _ = Darwin.kill(pid, number)
        #elseif canImport(Musl)
        _ = Musl.kill(pid, number)
        #else
        _ = Glibc.kill(pid, number)
        #endif
    }
}

extension ServerProcess {
    /// From now on the time counts until the first call that succeeds.
    func noteUp() {
        state.withLockedValue { $0.upSince = ContinuousClock.now }
    }

    /// A call has succeeded.
    func noteAnswer() {
        state.withLockedValue { state in
            guard let upSince = state.upSince else { return }
            state.upSince = nil
            state.slowestRecovery = max(state.slowestRecovery ?? .zero, ContinuousClock.now - upSince)
        }
    }

    /// The longest time from a server that was up again to the first call that succeeded; nil where none was disturbed.
    var slowestRecovery: Duration? { state.withLockedValue(\.slowestRecovery) }
}

extension ServerProcess {
    /// Returns when the process is reaped.
    private func run() async -> String {
        let (executable, arguments, options) = MemcachedProgram.commandLine(port: port.number, threads: threads)
        let ending: String
        do {
            let result = try await Subprocess.run(
                executable,
                arguments: arguments,
                platformOptions: options,
                input: .none,
                output: .discarded,
                error: .string(limit: 1 << 20)
            ) { execution in
                let pid = execution.processIdentifier.value
                self.state.withLockedValue {
                    $0.pid = pid
                    // It was to be killed before it was known.
                    if $0.mayEnd { self.signal(SIGKILL, to: pid) }
                }
            }
            ending = "it \(result.terminationStatus.words) \(result.standardError)"
        } catch {
            ending = "\(error)"
        }
        state.withLockedValue {
            $0.pid = nil
            if !$0.mayEnd { $0.unexpectedEnds.append("memcached at \(address) ended by itself: \(ending)") }
        }
        return ending
    }

    private func waitUntilReady() async throws {
        let deadline = ContinuousClock.now + .seconds(10)
        let transport = SocketTransport()
        let eventLoop = SocketTransport.defaultEventLoopGroup.next()
        while true {
            // It may accept connections before it is known which process it is, and couldn't be stopped or killed then.
            let isKnown = state.withLockedValue { $0.pid != nil }
            if isKnown,
                let connection = try? await transport.connect(
                    to: address,
                    on: eventLoop,
                    configuration: ConnectionConfiguration()
                )
            {
                return connection.close()
            }
            if let end = unexpectedEnds.last { throw Complaint(end, status: .unreachable) }
            guard ContinuousClock.now < deadline else {
                throw Complaint("memcached at \(address) accepted no connection within 10 s", status: .unreachable)
            }
            try await Task.sleep(for: .milliseconds(10))
        }
    }
}
