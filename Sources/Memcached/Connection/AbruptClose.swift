import NIOCore

/// Asks for a channel's end without farewell: a peer that has stalled would never answer TLS's, which is waited for.
struct AbruptClose: Sendable {}

/// Carries ``AbruptClose`` out, where it stands between TLS and the socket. A channel without TLS needs none.
final class AbruptCloseHandler: ChannelOutboundHandler {
    typealias OutboundIn = Never

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is AbruptClose else { return context.triggerUserOutboundEvent(event, promise: promise) }
        context.close(promise: promise)
    }
}
