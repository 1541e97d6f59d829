package import MemcachedFraming
package import NIOCore
import Synchronization

/// One connection to one server, for any number of callers at once. Requests are pipelined: all of them share the wire, and one
/// caller that gives up leaves the others and the connection as they are.
package final class Connection: Sendable {
    package let server: ServerAddress
    package let channel: any Channel
    package let eventLoop: any EventLoop
    /// What may be in flight, as it was configured when the connection was made.
    package let limits: Limits
    private let outbox: SharedOutbox
    private let writer: (any DirectWriter)?
    private let handler: NIOLoopBound<ConnectionHandler>
    private let observer: (any ConnectionObserver)?
    /// What a wake-up of the loop does. Made once, since there are many.
    private let writeQueued: @Sendable () -> Void
    private let isEndCounted = Atomic(false)

    private static let nextID = Atomic<UInt64>(1)

    package typealias Limits = Outbox<ReplyContinuation>.Limits

    private init(
        server: ServerAddress,
        channel: any Channel,
        limits: Limits,
        outbox: SharedOutbox,
        writer: (any DirectWriter)?,
        handler: NIOLoopBound<ConnectionHandler>,
        observer: (any ConnectionObserver)?
    ) {
        self.server = server
        self.channel = channel
        eventLoop = channel.eventLoop
        self.limits = limits
        self.outbox = outbox
        self.writer = writer
        self.handler = handler
        self.observer = observer
        writeQueued = { handler.value.drain() }
    }

    /// Takes over a channel that is connected, or about to be. Must be called on its event loop.
    ///
    /// - Parameters:
    ///   - tellsUnwrittenBytes: whether the channel has the option `bufferedWritableBytes`. Without it, a large value that takes longer
    ///     than `stallTimeout` to be sent counts as a stall.
    ///   - writer: writes to the channel's socket from any thread; nil where nothing but the channel does. The channel must tell its
    ///     unwritten bytes, and change nothing of what is written.
    ///   - probe: tells whether the channel's socket has something to read; nil where nothing does.
    package static func attach(
        to channel: any Channel,
        server: ServerAddress,
        configuration: ConnectionConfiguration,
        tellsUnwrittenBytes: Bool = true,
        writer: (any DirectWriter)? = nil,
        probe: (any ReadinessProbe)? = nil
    ) throws -> Connection {
        let limits = Limits(configuration)
        let outbox = SharedOutbox(Outbox(limits: limits))
        // Where it isn't known what the channel holds back, nobody may write between it.
        let writer = tellsUnwrittenBytes ? writer : nil
        let handler = ConnectionHandler(
            outbox: outbox,
            configuration: configuration,
            tellsUnwrittenBytes: tellsUnwrittenBytes,
            writer: writer,
            poller: probe.map { BusyPoller($0, time: configuration.busyPollTime, eventLoop: channel.eventLoop) },
            now: channel.eventLoop.now
        )
        let bound = NIOLoopBound(handler, eventLoop: channel.eventLoop)
        try channel.pipeline.syncOperations.addHandler(handler)
        return Connection(
            server: server,
            channel: channel,
            limits: limits,
            outbox: outbox,
            writer: writer,
            handler: bound,
            observer: configuration.observer
        )
    }
}

extension Connection.Limits {
    package init(_ configuration: ConnectionConfiguration) {
        self.init(
            requests: configuration.maximumRequestsInFlight,
            bytes: configuration.maximumBytesInFlight,
            waits: configuration.overloadPolicy == .wait
        )
    }
}

extension Connection {
    /// The most that was ever in use of the connection's bounds at a time.
    package var peakLoad: ConnectionLoad {
        outbox.withLock { ConnectionLoad(requests: $0.mostRequestsInUse, bytes: $0.mostBytesInUse) }
    }

    /// What is in use of the connection's bounds.
    package var load: ConnectionLoad {
        outbox.withLock {
            ConnectionLoad(requests: $0.requestsInUse, bytes: $0.bytesInUse, waiting: $0.waitingCount)
        }
    }

    /// Whether nobody has counted the connection's end yet; from now on somebody has. All requests that it takes with it are one
    /// failure of the server.
    package func countsItsEnd() -> Bool {
        !isEndCounted.exchange(true, ordering: .relaxed)
    }

    /// A number for an incarnation that only this connection can stand for.
    package static func newID() -> UInt64 {
        nextID.wrappingAdd(1, ordering: .relaxed).oldValue
    }

    /// Sends one request and waits for its one reply.
    package func send(_ request: Request, deadline: NIODeadline) async -> Result<Reply, RequestFailure> {
        let completion = await submit(.single(request), deadline: deadline)
        return switch consume completion {
        case .reply(let reply): .success(reply)
        case .failure(let failure): .failure(failure)
        case .replies: .failure(Self.wrongCompletion)
        }
    }

    /// Sends requests of one command and waits for all that the server answers; a reply's opaque is its request's index.
    ///
    /// - Parameter waits: whether it waits for room even where the configuration says that requests fail.
    package func sendBatch(
        _ requests: EncodedRequests,
        deadline: NIODeadline,
        waits: Bool = false
    ) async -> Result<[Reply], RequestFailure> {
        await several(.batch(requests), deadline: deadline, waits: waits)
    }

    /// Asks for statistics; a refusal is the only reply then.
    package func sendStatistics(_ request: Request, deadline: NIODeadline) async -> Result<[Reply], RequestFailure> {
        await several(.statistics(request), deadline: deadline)
    }

    private func several(
        _ submission: Submission,
        deadline: NIODeadline,
        waits: Bool = false
    ) async -> Result<[Reply], RequestFailure> {
        let completion = await submit(submission, deadline: deadline, waits: waits)
        return switch consume completion {
        case .replies(let replies): .success(replies)
        case .failure(let failure): .failure(failure)
        case .reply: .failure(Self.wrongCompletion)
        }
    }

    private static var wrongCompletion: RequestFailure {
        RequestFailure(
            .closed(.protocolViolation("a reply of another kind than the request")),
            mayHaveReachedServer: true
        )
    }

    /// From now on the connection is checked when it is idle: its handshake is done.
    package func beginIdleChecks() {
        eventLoop.execute { self.handler.value.beginIdleChecks() }
    }

    /// Takes no new requests; closes once all replies have come.
    package func closeWhenDrained() {
        eventLoop.execute { self.handler.value.closeWhenDrained() }
    }

    /// Takes no new requests; closes once all replies have come, or when the deadline passes.
    package func drain(deadline: NIODeadline) async {
        closeWhenDrained()
        let timeout = eventLoop.scheduleTask(deadline: deadline) { self.handler.value.close(.closedHere) }
        try? await channel.closeFuture.get()
        timeout.cancel()
    }

    /// Closes at once.
    package func close() {
        eventLoop.execute { self.handler.value.close(.closedHere) }
    }
}

extension Connection {
    private func submit(_ submission: Submission, deadline: NIODeadline, waits: Bool = false) async -> Completion {
        let id = Self.newID()
        let isolation = #isolation
        let maySharePool = isolation == nil && withUnsafeCurrentTask(body: ReplyContinuation.maySharePool)
        return await withTaskCancellationHandler {
            await withUnsafeContinuation { continuation in
                let caller = ReplyContinuation(continuation, maySharePool: maySharePool)
                begin(submission, id: id, deadline: deadline, waits: waits, for: caller)
            }
        } onCancel: {
            cancel(id)
        }
    }

    /// Not part of ``submit(_:deadline:waits:)``, whose frame lives in the task's memory for as long as it waits: what is needed only here
    /// would be a kilobyte of each task, and a twentieth of the time of 10,000 of them.
    @inline(never)
    private func begin(
        _ submission: Submission,
        id: UInt64,
        deadline: NIODeadline,
        waits: Bool,
        for caller: ReplyContinuation
    ) {
        let now = eventLoop.now
        let admission = outbox.withLock { outbox -> Outbox<ReplyContinuation>.Admission in
            // What is over before it begins must not reach the server. A cancellation that comes later finds the request here: it takes
            // the same lock.
            if Task.isCancelled { return .refused(RequestFailure(.cancelled, mayHaveReachedServer: false)) }
            if deadline <= now { return .refused(RequestFailure(.timedOut, mayHaveReachedServer: false)) }
            return outbox.submit(
                submission,
                id: id,
                context: caller,
                deadline: deadline,
                waits: waits,
                now: writer == nil ? nil : now,
                since: observer == nil ? nil : now
            )
        }
        switch admission {
        case .queued(let wake):
            if wake { eventLoop.execute(writeQueued) }
        case .writeHere(let segments):
            write(segments)
        case .refused(let failure):
            caller.resume(returning: .failure(failure))
        }
    }

    private func write(_ segments: [ByteBuffer]) {
        let unwritten = writer?.write(segments) ?? segments
        observer?.sent(bytes: Self.byteCount(segments) - Self.byteCount(unwritten))
        if outbox.withLock({ $0.finishDirectWrite(unwritten: unwritten) }) { eventLoop.execute(writeQueued) }
    }

    private static func byteCount(_ segments: [ByteBuffer]) -> Int {
        segments.reduce(0) { $0 + $1.readableBytes }
    }

    private func cancel(_ id: UInt64) {
        if let (caller, isEncoded) = outbox.withLock({ $0.withdraw(id: id) }) {
            caller.resume(returning: .failure(RequestFailure(.cancelled, mayHaveReachedServer: isEncoded)))
            eventLoop.execute { self.handler.value.admitWaiting() }
        } else {
            eventLoop.execute { self.handler.value.abandon(id: id, because: .cancelled) }
        }
    }
}
