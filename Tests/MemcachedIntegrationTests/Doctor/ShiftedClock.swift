import MemcachedFraming
import NIOCore

/// Lets a server's statistics tell a time that is some seconds from its own. All other replies pass as they are.
final class ShiftedClock: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let seconds: Int
    private var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)

    init(seconds: Int) {
        self.seconds = seconds
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        decoder.append(unwrapInboundIn(data))
        do {
            var changed = ByteBuffer()
            while let frame = try decoder.next() {
                let frame = shifted(frame)
                changed.writeFrameHeader(frame.header)
                changed.writeImmutableBuffer(frame.body)
            }
            context.fireChannelRead(wrapInboundOut(changed))
        } catch {
            context.close(promise: nil)
        }
    }

    private func shifted(_ frame: Frame) -> Frame {
        guard frame.header.opcode == .stat, frame.key == ByteBuffer(string: "time"),
            let time = Int(String(buffer: frame.value))
        else { return frame }
        let body = ByteBuffer(string: "time\(time + seconds)")
        var header = frame.header
        header.bodyLength = UInt32(body.readableBytes)
        return Frame(header: header, body: body)
    }
}
