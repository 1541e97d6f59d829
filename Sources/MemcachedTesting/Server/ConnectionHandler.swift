import NIOCore

/// Carries bytes between a channel and its session. Replies are flushed once for each batch of reads, and a client that doesn't
/// read its replies isn't read from.
final class ConnectionHandler: ChannelDuplexHandler {
    /// A user event: connections go on that a fault has held, or that any has.
    struct Release: Sendable {
        /// Nil for any.
        var fault: FaultScript.ID?
    }

    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case serving
        /// Commands wait until the client has taken replies.
        case paused
        /// Commands wait until a fault lets them go on.
        case held(Session.Hold)
        case ending
    }

    /// How many bytes of replies are queued before the client has to take some.
    private static let replyLimit = 256 << 10

    private let engine: SharedEngine
    private var session = Session()
    private var replies = ReplyQueue()
    private var stage = Stage.serving
    /// The server's pid when the connection was made; nil where it was turned away.
    private var incarnation: Int?
    private var isAdvancing = false
    private var heldRead = false
    /// Ends a fault's delay.
    private var timer: Scheduled<Void>?

    init(engine: SharedEngine) {
        self.engine = engine
    }

    func channelActive(context: ChannelHandlerContext) {
        incarnation = engine.withEngine { $0.admit() }
        if incarnation == nil {
            replies.append(line: "ERROR Too many open connections")
            end(context, resets: false)
        }
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if let incarnation { engine.withEngine { $0.release(incarnation) } }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        guard let release = event as? Release else {
            context.fireUserInboundEventTriggered(event)
            return
        }
        if case .held(let hold) = stage, release.fault == nil || release.fault == hold.fault {
            resume(context)
        }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .ending = stage { return }
        session.receive(unwrapInboundIn(data))
        advance(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, !isAdvancing {
            if case .paused = stage {
                stage = .serving
                advance(context)
                flush(context)
            }
            readAgain(context)
        }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if readsOn, context.channel.isWritable {
            context.read()
        } else {
            heldRead = true
        }
    }

    private var readsOn: Bool {
        switch stage {
        case .serving: true
        case .held(let hold): hold.kind != .stopReading
        case .paused, .ending: false
        }
    }

    private func readAgain(_ context: ChannelHandlerContext) {
        guard heldRead else { return }
        heldRead = false
        read(context: context)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func advance(_ context: ChannelHandlerContext) {
        // Flushing may make the channel writable again, which would come here a second time.
        guard case .serving = stage, !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while true {
            switch serve() {
            case .needsBytes:
                return
            case .paused:
                flush(context)
                if let hold = session.hold {
                    stage = .held(hold)
                    if case .delay(let duration) = hold.kind { setTimer(for: duration, context) }
                    return
                }
                guard context.channel.isWritable else {
                    stage = .paused
                    return
                }
            case .close:
                end(context, resets: false)
                return
            case .reset:
                end(context, resets: true)
                return
            }
        }
    }

    private func serve() -> Session.Outcome {
        engine.withEngine { engine in
            // Restarted, the server would not have this connection.
            guard engine.pid == incarnation else { return .close }
            return session.serve(with: &engine, into: &replies, limit: Self.replyLimit)
        }
    }

    private func setTimer(for delay: Duration, _ context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(in: TimeAmount(delay)) { [self] in
            resume(context)
        }
    }

    /// Goes on where a fault has held the connection.
    private func resume(_ context: ChannelHandlerContext) {
        timer?.cancel()
        timer = nil
        stage = .serving
        engine.withEngine { engine in
            // Where it isn't this connection's any more, serving will tell.
            if engine.pid == incarnation { session.resume(with: &engine, into: &replies) }
        }
        advance(context)
        flush(context)
        readAgain(context)
    }

    private func flush(_ context: ChannelHandlerContext) {
        guard !replies.isEmpty else { return }
        for segment in replies.drain() {
            context.write(wrapOutboundOut(segment), promise: nil)
        }
        context.flush()
    }

    /// Closes once the last reply has been sent.
    private func end(_ context: ChannelHandlerContext, resets: Bool) {
        stage = .ending
        flush(context)
        let sent = context.eventLoop.makePromise(of: Void.self)
        context.writeAndFlush(wrapOutboundOut(ByteBuffer()), promise: sent)
        let context = NIOLoopBound(context, eventLoop: context.eventLoop)
        sent.futureResult.whenComplete { _ in
            let channel = context.value.channel
            if resets, let options = channel as? any SocketOptionProvider {
                // A lingering time of 0 is how a socket asks for a reset.
                _ = options.unsafeSetSocketOption(level: .socket, name: .so_linger, value: (CInt(1), CInt(0)))
            }
            channel.close(promise: nil)
        }
    }
}
