import DequeModule
import MemcachedFraming
package import NIOCore

/// Carries out what the state machine says, on the connection's event loop: writes what callers have queued, decodes what arrives,
/// and keeps one timer for the earliest deadline.
package final class ConnectionHandler: ChannelInboundHandler {
    package typealias InboundIn = ByteBuffer
    package typealias OutboundOut = ByteBuffer

    private let outbox: SharedOutbox
    private let idleCheckInterval: TimeAmount
    private var machine: ConnectionStateMachine<ReplyContinuation>
    private var decoder: FrameDecoder
    private var context: ChannelHandlerContext?
    private var timer: (deadline: NIODeadline, scheduled: Scheduled<Void>)?
    private var lastActivity: NIODeadline
    private var closeReason: CloseReason?
    /// What is being written.
    private var batch = Outbox<ReplyContinuation>.Batch()
    /// Ends the wait of what is queued for the replies to what has been written.
    private var holdTimer: Scheduled<Void>?
    /// From how many bytes on an unfinished reply counts as progress once more.
    private var unfinishedProgress = 0
    /// Who is answered by what is being read, and with what.
    private var answered = UniqueDeque<Answer<ReplyContinuation>>()
    /// Whether a connection that is idle is checked: not before the handshake is done, since a server may want authentication first.
    private var checksIdle = false
    /// Whether the channel tells what it holds back.
    private let tellsUnwrittenBytes: Bool
    /// Of a socket that callers may write to themselves.
    private let writer: (any DirectWriter)?
    private let poller: BusyPoller?
    private let observer: (any ConnectionObserver)?
    private let stallTimeout: TimeAmount
    /// What the channel held back when this was last looked at, in bytes.
    private var unwrittenBytes = 0
    /// Whether the channel may hold something back. Small writes are not looked at.
    private var mayHoldBack = false

    init(
        outbox: SharedOutbox,
        configuration: ConnectionConfiguration,
        tellsUnwrittenBytes: Bool,
        writer: (any DirectWriter)?,
        poller: BusyPoller?,
        now: NIODeadline
    ) {
        self.outbox = outbox
        self.writer = writer
        self.poller = poller
        observer = configuration.observer
        stallTimeout = TimeAmount(configuration.stallTimeout)
        self.tellsUnwrittenBytes = tellsUnwrittenBytes
        idleCheckInterval = TimeAmount(configuration.idleCheckInterval)
        machine = ConnectionStateMachine(
            stallTimeout: stallTimeout,
            maximumBatchReplyBytes: configuration.maximumBatchReplyBytes,
            now: now
        )
        decoder = FrameDecoder(expecting: .reply, maximumBodyLength: configuration.maximumReplyBytes)
        lastActivity = now
    }

    package func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive {
            drain()
            setTimer(for: lastActivity + idleCheckInterval)
        }
    }

    package func handlerRemoved(context: ChannelHandlerContext) {
        end(.closedHere)
        self.context = nil
    }

    package func channelActive(context: ChannelHandlerContext) {
        lastActivity = context.eventLoop.now
        drain()
        setTimer(for: lastActivity + idleCheckInterval)
        context.fireChannelActive()
    }

    package func channelInactive(context: ChannelHandlerContext) {
        do {
            try decoder.finish()
            end(.closedByPeer)
        } catch FramingError.truncated {
            end(.closedByPeer)
        } catch {
            end(.framing(error))
        }
        context.fireChannelInactive()
    }

    package func errorCaught(context: ChannelHandlerContext, error: any Error) {
        close(.failed(error))
    }

    package func channelWritabilityChanged(context: ChannelHandlerContext) {
        drain()
        context.fireChannelWritabilityChanged()
    }

    package func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard closeReason == nil else { return }
        let now = context.eventLoop.now
        lastActivity = now
        let written = outbox.withLock { outbox in
            outbox.expectDrain()
            return outbox.takeWritten()
        }
        noteWritten(written)
        let bytesBefore = observer == nil ? 0 : decoder.bufferedBytes
        decoder.append(unwrapInboundIn(data))
        observer?.received(bytes: decoder.bufferedBytes - bytesBefore)
        let reading = machine.receive(from: &decoder, now: now, into: &answered)
        if reading.hasFrames { unfinishedProgress = 0 }
        if let reason = reading.closeReason {
            ReplyContinuation.resume(&answered)
            return close(reason)
        }
        noteUnfinished(now: now)
        let isLight = answered.count <= 1 && machine.entryCount <= 1
        // Room first: whoever goes on may ask for it at once, in another thread.
        let isFree = release(reading, context)
        ReplyContinuation.resume(&answered)
        if !isFree { drain() }
        if reading.freedRequests > 0 { closeIfDrained() }
        if closeReason == nil { poller?.noteRead(at: now, written: written?.moment, isLight: isLight) }
    }
}

extension ConnectionHandler {
    /// Replies have freed room. Returns whether the connection is idle, and the next caller may write to the socket itself.
    private func release(_ reading: Reading, _ context: ChannelHandlerContext) -> Bool {
        guard reading.freedRequests > 0 else { return false }
        let isFree = writer != nil && machine.isIdle && context.channel.isActive && !holdsBack(context.channel)
        defer { noteWaits() }
        return outbox.withLock { outbox in
            _ = outbox.release(requests: reading.freedRequests, bytes: reading.freedBytes)
            return isFree
                && outbox.allowDirectWrite(watching: timer?.deadline ?? .distantFuture, stallTimeout: stallTimeout)
        }
    }

    /// Tells how long those waited for room that don't any more.
    private func noteWaits() {
        guard let observer, let context else { return }
        let now = context.eventLoop.now
        for since in outbox.withLock({ $0.takeEndedWaits() }) { observer.waitedForRoom(now - since) }
    }

    /// Whether the channel holds something back, for all that is known: a server may answer before it has read all of a request.
    private func holdsBack(_ channel: any Channel) -> Bool {
        if mayHoldBack { mayHoldBack = bufferedBytes(of: channel) != 0 }
        return mayHoldBack
    }

    /// A caller has written a request itself.
    private func noteWritten(_ written: WrittenRequest<ReplyContinuation>?) {
        guard let written else { return }
        lastActivity = max(lastActivity, written.moment)
        setTimer(for: machine.sent(written.request, now: written.moment))
    }
}

extension ConnectionHandler {
    /// A reply's beginning is progress, and so is each further part of a certain size. Less is not: a length that is wrong would have
    /// all later replies taken for the rest of one, and nobody would see that none ever ends.
    private func noteUnfinished(now: NIODeadline) {
        guard decoder.bufferedBytes > 0, decoder.bufferedBytes >= unfinishedProgress else { return }
        unfinishedProgress = decoder.bufferedBytes + Self.leastProgress
        machine.progressed(now: now)
    }

    /// In bytes.
    private static let leastProgress = 16 * 1024

    /// Writes what callers have queued. While the channel can't take more, it stays where it is, within the bounds, until the channel is
    /// writable again; and for a short while where the replies to several writes are due.
    ///
    /// - Parameter holds: whether it may wait for these.
    package func drain(holds: Bool = true) {
        guard let context, closeReason == nil else { return }
        // What is submitted during a write wakes nobody: there is another round.
        for _ in 0..<Self.roundsAtOnce {
            guard context.channel.isActive, context.channel.isWritable else { return hold(until: .distantFuture) }
            if holds, let moment = machine.holdDeadline, moment > context.eventLoop.now { return hold(until: moment) }
            let isTaken = outbox.withLock { $0.take(into: &batch) }
            noteWritten(batch.written.take())
            setTimer(for: batch.earliestDeadline)
            // Else a caller writes, and wakes the loop when it has.
            guard isTaken else { return }
            guard !batch.segments.isEmpty else { return closeIfDrained() }
            write(context)
            guard closeReason == nil else { return }
        }
        // Others on the event loop have their turn.
        context.eventLoop.assumeIsolated().execute { self.drain() }
    }

    private static let roundsAtOnce = 4

    /// Leaves what is queued where it is, until a reply comes, the channel is writable again, or that moment.
    private func hold(until moment: NIODeadline) {
        if holdTimer == nil, moment < .distantFuture {
            holdTimer = context?.eventLoop.assumeIsolated().scheduleTask(deadline: moment) {
                self.holdTimer = nil
                self.drain(holds: false)
            }
        }
        let earliest = outbox.withLock { $0.hold(until: moment) }
        if earliest < moment { setTimer(for: earliest) }
    }

    private func write(_ context: ChannelHandlerContext) {
        let now = context.eventLoop.now
        lastActivity = now
        // Else what has been taken so far would be forgotten below.
        if unwrittenBytes > 0, takesBytes(context.channel) { machine.progressed(now: now) }
        // Before the write: a reply may come, or the channel may close, inside of it.
        let earliest = machine.sent(&batch.requests, now: now)
        var bytes = 0
        mayHoldBack = true
        for segment in batch.segments {
            bytes += segment.readableBytes
            context.write(wrapOutboundOut(segment), promise: nil)
        }
        context.flush()
        observer?.sent(bytes: bytes)
        batch.letGo()
        // Of small requests each is answered as it is taken.
        if bytes >= Self.leastProgress || unwrittenBytes > 0 {
            unwrittenBytes = bufferedBytes(of: context.channel) ?? 0
        }
        if let earliest { setTimer(for: earliest) }
    }

    /// From now on the connection is checked when it is idle.
    package func beginIdleChecks() {
        checksIdle = true
        watchDeadlines()
    }

    /// A caller gives up on its request, wherever that is by now.
    package func abandon(id: UInt64, because reason: RequestFailure.Reason) {
        if let (caller, isEncoded) = outbox.withLock({ $0.withdraw(id: id) }) {
            caller.resume(returning: .failure(RequestFailure(reason, mayHaveReachedServer: isEncoded)))
        } else if let caller = machine.abandon(id: id) {
            caller.resume(returning: .failure(RequestFailure(reason, mayHaveReachedServer: true)))
        }
        admitWaiting()
    }

    /// One who waited for room has left: it may have stood before others for whom there is room.
    package func admitWaiting() {
        if outbox.withLock({ $0.release(requests: 0, bytes: 0) }), context?.channel.isWritable == true {
            drain()
        }
        noteWaits()
        closeIfDrained()
    }

    /// Takes no new requests, and closes when every reply has come.
    package func closeWhenDrained() {
        outbox.withLock { $0.drain() }
        drain()
        machine.drain()
        closeIfDrained()
    }

    /// Closes at once. Who waits gets an error that gives the reason.
    package func close(_ reason: CloseReason) {
        end(reason)
        let context = context
        context?.triggerUserOutboundEvent(AbruptClose(), promise: nil)
        context?.close(promise: nil)
    }

    private func closeIfDrained() {
        if machine.isDrained, !outbox.withLock({ $0.hasCallers }) {
            end(.closedHere)
            context?.close(promise: nil)
        }
    }

    private func end(_ reason: CloseReason) {
        guard closeReason == nil else { return }
        closeReason = reason
        timer?.scheduled.cancel()
        timer = nil
        holdTimer?.cancel()
        holdTimer = nil
        poller?.stop()
        let queued = outbox.withLock { $0.close(reason) }
        writer?.close()
        noteWritten(queued.written)
        noteWaits()
        for caller in machine.close() {
            caller.resume(returning: .failure(RequestFailure(.closed(reason), mayHaveReachedServer: true)))
        }
        for caller in queued.contexts {
            caller.resume(returning: .failure(RequestFailure(.closed(reason), mayHaveReachedServer: false)))
        }
    }
}

extension ConnectionHandler {
    private func setTimer(for deadline: NIODeadline) {
        guard let context, closeReason == nil, deadline != .distantFuture else { return }
        if let timer {
            guard deadline < timer.deadline else { return }
            timer.scheduled.cancel()
        }
        let scheduled = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.timer = nil
            self.watchDeadlines()
        }
        timer = (deadline, scheduled)
    }

    /// Resumes whoever's deadline has passed, wherever the request is; replaces a connection that has stalled; checks an idle one.
    private func watchDeadlines() {
        guard let context, closeReason == nil else { return }
        let now = context.eventLoop.now
        let queued = outbox.withLock { $0.expire(now: now) }
        noteWritten(queued.written)
        for (caller, isEncoded) in queued.contexts {
            caller.resume(returning: .failure(RequestFailure(.timedOut, mayHaveReachedServer: isEncoded)))
        }
        let isStalled = machine.stallDeadline.map { $0 <= now } ?? false
        // A server answers a large value once it has read all of it.
        let isTaking = isStalled && takesBytes(context.channel)
        if isTaking { machine.progressed(now: now) }
        let written = machine.expire(now: now)
        for caller in written.contexts {
            caller.resume(returning: .failure(RequestFailure(.timedOut, mayHaveReachedServer: true)))
        }
        if isStalled, !isTaking { return close(.stalled) }
        if !queued.contexts.isEmpty || !written.contexts.isEmpty {
            admitWaiting()
        }
        if checksIdle, machine.isIdle, context.channel.isActive, now >= lastActivity + idleCheckInterval {
            // Nothing is due, and still the peer takes nothing: a check could not be written either.
            guard context.channel.isWritable else { return close(.stalled) }
            outbox.withLock { $0.rest() }
            machine.rest()
            batch = Outbox.Batch()
            answered = UniqueDeque()
            lastActivity = now
            _ = outbox.withLock { $0.submit(.single(.noop), id: 0, context: nil, deadline: .distantFuture) }
            drain()
        }
        // While replies are due, the stall timeout watches over the connection; never a moment that has passed.
        let idle = checksIdle && machine.isIdle && context.channel.isActive ? lastActivity : now
        setTimer(for: min(idle + idleCheckInterval, queued.next, written.next))
    }
}

extension ConnectionHandler {
    /// Whether the peer has taken some of what is being sent since this was last looked at.
    private func takesBytes(_ channel: any Channel) -> Bool {
        let before = unwrittenBytes
        unwrittenBytes = bufferedBytes(of: channel) ?? 0
        return unwrittenBytes < before
    }

    /// What the channel holds back until the peer takes it, in bytes; nil where it doesn't tell.
    private func bufferedBytes(of channel: any Channel) -> Int? {
        guard tellsUnwrittenBytes else { return nil }
        return try? channel.syncOptions?.getOption(.bufferedWritableBytes)
    }
}
