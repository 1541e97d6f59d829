import MemcachedFraming
import MemcachedTesting
import NIOCore

extension FuzzTarget {
    /// The test server's end of a connection: any bytes, wherever they are cut, give the same replies, which the client can read.
    static let session = FuzzTarget(name: "session") { fixtures in
        fixtures.conversations.flatMap { [[0, 1, 0] + $0, [0, 7, 0xFF] + $0] }
    } run: { input in
        var input = input
        let seed = input.word()
        var settings = EngineSettings()
        let options = input.byte()
        settings.itemSizeLimit = options & 1 == 0 ? 1 << 16 : 512
        settings.memoryLimit = options & 2 == 0 ? 1 << 18 : 1 << 10
        settings.evictsWhenFull = options & 4 == 0
        settings.isCASEnabled = options & 8 == 0
        settings.isFlushEnabled = options & 16 == 0
        let bytes = input.rest()
        let whole = ServedConversation([bytes], settings, limit: .max)
        let cut = ServedConversation(bytes.cut(by: seed), settings, limit: 100)
        demand(whole == cut, "a cut changes nothing")
        whole.checkReplies()
    }
}

private struct ServedConversation: Equatable {
    private(set) var outcome = Session.Outcome.needsBytes
    private(set) var replies = ByteBuffer()

    init(_ pieces: [ByteBuffer], _ settings: EngineSettings, limit: Int) {
        var engine = Engine(settings: settings, pid: 1, clock: EngineClock(start: 1_700_000_000))
        var session = Session()
        for piece in pieces {
            session.receive(piece)
            repeat {
                var queue = ReplyQueue()
                outcome = session.serve(with: &engine, into: &queue, limit: limit)
                for segment in queue.drain() { replies.writeImmutableBuffer(segment) }
                // Far more than the requests that fit into one input ask for.
                demand(replies.readableBytes < 1 << 24, "replies are bounded")
            } while outcome == .paused
        }
    }

    /// What isn't text can be read as replies.
    func checkReplies() {
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 20)
        decoder.append(replies)
        do throws(FramingError) {
            while let frame = try decoder.next() { _ = try Reply(frame) }
            try decoder.finish()
        } catch .text {
            return
        } catch {
            fatalError("broken: the server's replies can't be read: \(error)")
        }
    }
}
