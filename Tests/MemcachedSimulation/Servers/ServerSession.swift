import MemcachedFraming
import MemcachedTesting
import NIOCore

/// The server's end of a link: cuts the stream into commands and has them executed.
final class ServerSession {
    private let link: Int
    private unowned let server: SimulatedServer
    private let onExecution: () -> Void
    private let send: (ByteBuffer) -> Void
    private var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 24)
    private var session = Session()
    /// What has arrived while the process was stopped.
    private var unread: [ByteBuffer] = []
    private var unreadBytes = 0

    init(
        link: Int,
        server: SimulatedServer,
        onExecution: @escaping () -> Void,
        send: @escaping (ByteBuffer) -> Void
    ) {
        self.onExecution = onExecution
        self.link = link
        self.server = server
        self.send = send
    }

    var hasRoom: Bool { unreadBytes < server.settings.window }

    func receive(_ bytes: ByteBuffer) {
        unread.append(bytes)
        unreadBytes += bytes.readableBytes
        serve()
    }

    func serve() {
        guard !server.isStopped else { return }
        let pieces = unread
        unread = []
        unreadBytes = 0
        var replies = ByteBuffer()
        for bytes in pieces {
            decoder.append(bytes)
            while let frame = try? decoder.next() {
                var reply = server.execute(frame, in: &session, link: link)
                onExecution()
                if server.hostility > 0 { reply = server.mistreat(reply, link: link) }
                replies.writeImmutableBuffer(reply)
            }
        }
        send(replies)
    }
}
