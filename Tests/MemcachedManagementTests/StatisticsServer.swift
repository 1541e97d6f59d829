#if Management
import NIOCore
import NIOPosix

/// A server on a free loopback port whose statistics have any names and texts. It knows three commands, NOOP, VERSION and STAT.
enum StatisticsServer {
    /// - Parameters:
    ///   - groups: what it tells, by the names of the groups; the general one has none.
    ///   - body: gets its address.
    static func with(
        _ groups: [String: [String: String]],
        _ body: (String) async throws -> Void
    ) async throws {
        let listener = try await ServerBootstrap(group: .singletonMultiThreadedEventLoopGroup)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try channel.pipeline.syncOperations.addHandler(StatisticsTeller(groups))
                }
            }
            .bind(host: "127.0.0.1", port: 0)
            .get()
        let port = listener.localAddress?.port ?? 0
        let result: Result<Void, any Error>
        do {
            result = .success(try await body("127.0.0.1:\(port)"))
        } catch {
            result = .failure(error)
        }
        try? await listener.close()
        try result.get()
    }
}

private final class StatisticsTeller: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    private struct Request {
        var opcode: UInt8
        var opaque: UInt32
        var key: String
    }

    private static let headerLength = 24

    private let groups: [String: [String: String]]
    private var received = ByteBuffer()

    init(_ groups: [String: [String: String]]) {
        self.groups = groups
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received.writeImmutableBuffer(unwrapInboundIn(data))
        var replies = ByteBuffer()
        while let request = nextRequest() { answer(request, into: &replies) }
        context.writeAndFlush(wrapOutboundOut(replies), promise: nil)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        context.close(promise: nil)
    }

    /// Nil until one has arrived whole.
    private func nextRequest() -> Request? {
        let start = received.readerIndex
        guard
            let opcode = received.getInteger(at: start + 1, as: UInt8.self),
            let keyLength = received.getInteger(at: start + 2, as: UInt16.self),
            let extrasLength = received.getInteger(at: start + 4, as: UInt8.self),
            let bodyLength = received.getInteger(at: start + 8, as: UInt32.self),
            let opaque = received.getInteger(at: start + 12, as: UInt32.self),
            var frame = received.readSlice(length: Self.headerLength + Int(bodyLength))
        else { return nil }
        frame.moveReaderIndex(forwardBy: Self.headerLength + Int(extrasLength))
        return Request(opcode: opcode, opaque: opaque, key: frame.readString(length: Int(keyLength)) ?? "")
    }

    private func answer(_ request: Request, into replies: inout ByteBuffer) {
        switch request.opcode {
        case 0x0a: reply(to: request, into: &replies)
        case 0x0b: reply(to: request, value: "1.6.18", into: &replies)
        case 0x10:
            guard let statistics = groups[request.key] else {
                return reply(to: request, status: 0x01, value: "Not found", into: &replies)
            }
            for (name, value) in statistics { reply(to: request, name: name, value: value, into: &replies) }
            reply(to: request, into: &replies)
        default: reply(to: request, status: 0x81, value: "Unknown command", into: &replies)
        }
    }

    private func reply(
        to request: Request,
        status: UInt16 = 0,
        name: String = "",
        value: String = "",
        into replies: inout ByteBuffer
    ) {
        replies.writeInteger(0x81, as: UInt8.self)
        replies.writeInteger(request.opcode)
        replies.writeInteger(UInt16(name.utf8.count))
        // No extras, and no type of data.
        replies.writeInteger(0, as: UInt16.self)
        replies.writeInteger(status)
        replies.writeInteger(UInt32(name.utf8.count + value.utf8.count))
        replies.writeInteger(request.opaque)
        replies.writeInteger(0, as: UInt64.self)
        replies.writeString(name + value)
    }
}
#endif
