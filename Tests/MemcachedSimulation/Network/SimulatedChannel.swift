import NIOCore

/// A client's end of a simulated connection: what is flushed goes to its link.
final class SimulatedChannel: Channel, ChannelCore, @unchecked Sendable {
    let loop: SimulatedLoop
    let allocator = ByteBufferAllocator()
    let parent: (any Channel)? = nil
    private(set) var isActive = false
    private(set) var isOpen = true
    private(set) var isWritable = true
    /// The pipeline has no channel of its own before this one exists.
    private var storedPipeline: ChannelPipeline?
    private let closePromise: EventLoopPromise<Void>
    private var written: [ByteBuffer] = []
    /// Takes what is flushed. It and ``onClose`` are let go when the channel closes.
    var onFlush: (([ByteBuffer]) -> Void)?
    var onClose: (() -> Void)?

    init(loop: SimulatedLoop) {
        self.loop = loop
        closePromise = loop.makePromise()
        storedPipeline = ChannelPipeline(channel: self)
    }

    var eventLoop: any EventLoop { loop }
    var pipeline: ChannelPipeline {
        guard let storedPipeline else { preconditionFailure("the initialiser makes it") }
        return storedPipeline
    }
    var closeFuture: EventLoopFuture<Void> { closePromise.futureResult }
    var _channelCore: any ChannelCore { self }
    var localAddress: SocketAddress? { nil }
    var remoteAddress: SocketAddress? { nil }

    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) -> EventLoopFuture<Void> {
        loop.makeSucceededVoidFuture()
    }

    func getOption<Option: ChannelOption>(_ option: Option) -> EventLoopFuture<Option.Value> {
        loop.makeFailedFuture(ChannelError.operationUnsupported)
    }

    var syncOptions: (any NIOSynchronousChannelOptions)? { SimulatedOptions() }
}

/// What is flushed is the link's at once.
private struct SimulatedOptions: NIOSynchronousChannelOptions {
    func setOption<Option: ChannelOption>(_ option: Option, value: Option.Value) throws {}

    func getOption<Option: ChannelOption>(_ option: Option) throws -> Option.Value {
        guard option is ChannelOptions.Types.BufferedWritableBytesOption, let none = 0 as? Option.Value else {
            throw ChannelError.operationUnsupported
        }
        return none
    }
}

extension SimulatedChannel {
    func activate() {
        isActive = true
        pipeline.syncOperations.fireChannelRegistered()
        pipeline.syncOperations.fireChannelActive()
    }

    func receive(_ bytes: ByteBuffer) {
        guard isActive else { return }
        pipeline.syncOperations.fireChannelRead(NIOAny(bytes))
        pipeline.syncOperations.fireChannelReadComplete()
    }

    func setWritable(_ isWritable: Bool) {
        guard isActive, self.isWritable != isWritable else { return }
        self.isWritable = isWritable
        pipeline.syncOperations.fireChannelWritabilityChanged()
    }

    /// The peer has closed, with or without a reset.
    func endByPeer(_ error: (any Error)?) {
        guard isOpen else { return }
        if let error { pipeline.syncOperations.fireErrorCaught(error) }
        close0(error: ChannelError.eof, mode: .all, promise: nil)
    }
}

extension SimulatedChannel {
    func localAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func remoteAddress0() throws -> SocketAddress { throw ChannelError.operationUnsupported }
    func register0(promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func bind0(to: SocketAddress, promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func connect0(to: SocketAddress, promise: EventLoopPromise<Void>?) { promise?.succeed(()) }
    func read0() {}
    func channelRead0(_ data: NIOAny) {}
    func errorCaught0(error: any Error) {}

    func triggerUserOutboundEvent0(_ event: Any, promise: EventLoopPromise<Void>?) {
        promise?.succeed(())
    }

    func write0(_ data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard isActive else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        written.append(unwrapData(data))
        promise?.succeed(())
    }

    func flush0() {
        guard !written.isEmpty else { return }
        let buffers = written
        written = []
        onFlush?(buffers)
    }

    func close0(error: any Error, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        guard isOpen else {
            promise?.fail(ChannelError.alreadyClosed)
            return
        }
        isOpen = false
        isActive = false
        let tell = onClose
        onFlush = nil
        onClose = nil
        tell?()
        promise?.succeed(())
        pipeline.syncOperations.fireChannelInactive()
        pipeline.syncOperations.fireChannelUnregistered()
        // Later, as an ordinary channel does: what closes it may still be on its way through the pipeline.
        loop.execute {
            self.removeHandlers(pipeline: self.pipeline)
            self.closePromise.succeed(())
        }
    }
}
