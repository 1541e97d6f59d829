#if TLS
import NIOCore
import NIOSSL
import NIOTLS

/// Behind NIOSSL's handler: tells when the server is verified, or why it isn't, and puts TLS's errors into words.
final class TLSHandshakeHandler: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer

    private let tls: NIOSSLClientHandler
    private let server: ServerAddress
    private let expectedName: String?
    private let deadline: NIODeadline
    private let promise: EventLoopPromise<Void>
    private var timer: Scheduled<Void>?
    private var isOver = false

    /// - Parameter expectedName: the name that the certificate must bear; nil where it needn't bear one.
    init(
        _ tls: NIOSSLClientHandler,
        server: ServerAddress,
        expectedName: String?,
        deadline: NIODeadline,
        promise: EventLoopPromise<Void>
    ) {
        self.tls = tls
        self.server = server
        self.expectedName = expectedName
        self.deadline = deadline
        self.promise = promise
    }

    var verified: EventLoopFuture<Void> { promise.futureResult }

    func handlerAdded(context: ChannelHandlerContext) {
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: deadline) {
            self.fail(
                "the server took the connection and didn't answer TLS's handshake in time; does it speak TLS (memcached -Z)?",
                nil
            )
            context.triggerUserOutboundEvent(AbruptClose(), promise: nil)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        fail("the connection was closed during TLS's handshake", nil)
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .handshakeCompleted? = event as? TLSUserEvent {
            if let expectedName, let certificate = tls.peerCertificate, !certificate.bears(expectedName) {
                fail(certificate.mismatch(with: expectedName), nil)
                return context.triggerUserOutboundEvent(AbruptClose(), promise: nil)
            }
            if end() { promise.succeed() }
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let failure = TLSFailure(
            error,
            isVerified: isOver,
            certificate: tls.peerCertificate,
            expectedName: expectedName
        )
        if !isOver {
            fail(failure.reason, error)
            // NIOSSL closes as well, but with a farewell.
            context.triggerUserOutboundEvent(AbruptClose(), promise: nil)
        } else if (error as? NIOSSLError) != .uncleanShutdown {
            context.fireErrorCaught(failure)
        }
        // An end without TLS's farewell is told by channelInactive: frames have lengths, so that none can be cut short unnoticed.
    }

    private func fail(_ reason: String, _ cause: (any Error)?) {
        guard end() else { return }
        promise.fail(
            MemcachedError(.connectionFailed, "no TLS connection: \(reason)", server: server, cause: cause)
        )
    }

    /// Returns whether the handshake was under way until now.
    private func end() -> Bool {
        guard !isOver else { return false }
        isOver = true
        timer?.cancel()
        timer = nil
        return true
    }
}
#endif
