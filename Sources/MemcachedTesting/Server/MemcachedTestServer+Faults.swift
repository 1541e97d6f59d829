extension MemcachedTestServer {
    /// A fault that a server was given: how often it has happened, and its end.
    public struct InjectedFault: Sendable {
        let server: MemcachedTestServer
        let id: FaultScript.ID

        /// How many commands it has struck, on all connections; still known when it is removed.
        public var count: Int {
            server.engine.withEngine { $0.faults.count(of: id) }
        }

        /// Returns once it has struck that many commands. Throws `CancellationError` where the task is cancelled;
        /// a fault that is removed before strikes no more, and this goes on waiting.
        ///
        /// A command is counted when the fault works on it, which is before its client can notice.
        public func wait(untilCount count: Int = 1) async throws {
            try await server.engine.wait(for: id, count: count)
        }

        /// Ends the fault. Connections that it holds go on.
        public func remove() {
            server.engine.withEngine { $0.faults.remove(id) }
            server.channels.notify(ConnectionHandler.Release(fault: id))
        }
    }

    /// Lets something go wrong with the commands named: with each, or, counted over all connections, with the next few.
    ///
    ///     server.inject(.delay(.milliseconds(50)), on: .gets, forKey: "a")  // each get of "a" is late
    ///     server.inject(.busy, on: .sets, times: 2)  // the next two sets are refused
    ///     server.inject(.closeConnection(.beforeReply), on: .sets, after: 2, times: 1)  // the third's reply is lost
    ///
    /// Where several faults are due for a command, the one that was injected first happens, and the others don't see it. One that
    /// works before commands are carried out and one that works on replies can both strike the same command. A fault that
    /// changes a reply passes over a command that has none, such as a quiet get of a missing key.
    ///
    /// - Parameters:
    ///   - fault: What goes wrong.
    ///   - commands: With which commands. Without ``ServerCommands/handshake``, which the default leaves out, clients can connect.
    ///   - key: With which key, as the server knows it, with its prefix. Default: any.
    ///   - skipped: How many of these commands come through first. Default: 0.
    ///   - times: How many are struck then. Default: all, until the fault is removed.
    /// - Returns: The fault, to be counted and removed by.
    @discardableResult
    public func inject(
        _ fault: ServerFault,
        on commands: ServerCommands = .any,
        forKey key: String? = nil,
        after skipped: Int = 0,
        times: Int? = nil
    ) -> InjectedFault {
        inject(fault, on: commands, forKey: key, .next(skipping: skipped, times: times))
    }

    /// Lets something go wrong with some of the commands named, by chance.
    ///
    ///     server.inject(.closeConnection(.midReply), withProbability: 0.1, seed: 7)
    ///
    /// The same seed strikes the same commands on every platform and in every run, counted in the order in which they arrive; with
    /// several connections at once that order may differ.
    ///
    /// - Parameters:
    ///   - fault: What goes wrong.
    ///   - commands: With which commands. Without ``ServerCommands/handshake``, which the default leaves out, clients can connect.
    ///   - key: With which key, as the server knows it, with its prefix. Default: any.
    ///   - probability: From 0, never, to 1, always.
    ///   - seed: What the numbers are drawn from.
    /// - Returns: The fault, to be counted and removed by.
    @discardableResult
    public func inject(
        _ fault: ServerFault,
        on commands: ServerCommands = .any,
        forKey key: String? = nil,
        withProbability probability: Double,
        seed: UInt64
    ) -> InjectedFault {
        inject(fault, on: commands, forKey: key, .chance(probability, SplitMixGenerator(seed: seed)))
    }

    private func inject(
        _ fault: ServerFault,
        on commands: ServerCommands,
        forKey key: String?,
        _ schedule: FaultSchedule
    ) -> InjectedFault {
        let id = engine.withEngine { $0.faults.add(fault, on: commands, forKey: key, schedule) }
        return InjectedFault(server: self, id: id)
    }

    /// Ends all faults. Connections that they hold go on.
    public func removeFaults() {
        engine.withEngine { $0.faults.removeAll() }
        resume()
    }

    /// Lets go on all connections that a delay, a stall or ``ServerFault/stopReading`` holds now. The faults stay, and strike again.
    public func resume() {
        channels.notify(ConnectionHandler.Release())
    }
}

extension MemcachedTestServer {
    /// Whether new connections are closed as soon as they are made. Those that are open stay. Default: false.
    public var refusesConnections: Bool {
        get { channels.refusesMore }
        set { channels.refusesMore = newValue }
    }

    /// Closes all connections, with whatever is due on them, and waits until they are closed. Clients may connect again, unless
    /// ``refusesConnections`` says otherwise.
    public func closeConnections() async {
        await channels.closeAll()
    }
}
