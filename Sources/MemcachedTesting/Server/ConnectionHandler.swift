import NIOCore

/// Carries bytes between a channel and its session. Replies are flushed once for each batch of reads, and a client that doesn't
/// read its replies isn't read from.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private enum Stage {
        case serving
        /// Commands wait until the client has taken replies.
        case paused
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
        if let incarnation { engine.withEngine { $0.release(incarnation) } }
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        guard stage != .ending else { return }
        session.receive(unwrapInboundIn(data))
        advance(context)
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        flush(context)
        context.fireChannelReadComplete()
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable, !isAdvancing {
            if stage == .paused {
                stage = .serving
                advance(context)
                flush(context)
            }
            if heldRead {
                heldRead = false
                read(context: context)
            }
        }
        context.fireChannelWritabilityChanged()
    }

    func read(context: ChannelHandlerContext) {
        if stage == .serving, context.channel.isWritable {
            context.read()
        } else {
            heldRead = true
        }
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    private func advance(_ context: ChannelHandlerContext) {
        // Flushing may make the channel writable again, which would come here a second time.
        guard stage == .serving, !isAdvancing else { return }
        isAdvancing = true
        defer { isAdvancing = false }
        while true {
            switch serve() {
            case .needsBytes:
                return
            case .paused:
                flush(context)
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
