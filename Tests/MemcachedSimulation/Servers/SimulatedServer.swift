import Memcached
import MemcachedFraming
import MemcachedTesting
import NIOCore

/// A memcached in the simulation: the test server's engine, at one address for all of its incarnations.
final class SimulatedServer {
    struct Settings {
        /// In microseconds.
        var latency = 50...500
        var cutsPercent = 10
        var highWater = 1 << 20
        /// How much it takes in while it is stopped, in bytes.
        var window = 1 << 16
        var engine = EngineSettings()
        /// Whether each incarnation has the same process id, as in a container.
        var keepsProcessID = false
    }

    enum Door {
        case open, refusing, silent
    }

    let index: Int
    let address: ServerAddress
    let settings: Settings
    let random: Randomness
    let history: History
    private let loop: SimulatedLoop
    private(set) var engine: Engine
    private(set) var incarnation = 0
    private(set) var isStopped = false
    var door = Door.open
    /// Of 1,000 replies, how many the server garbles or multiplies.
    var hostility = 0
    var links: [Link] = []

    init(index: Int, settings: Settings, random: Randomness, history: History, loop: SimulatedLoop) {
        self.index = index
        address = .host("cache-\(index)")
        self.settings = settings
        self.random = random
        self.history = history
        self.loop = loop
        engine = Engine(
            settings: settings.engine,
            pid: settings.keepsProcessID ? 1 : 100 + index,
            clock: EngineClock(start: Self.unixTime(loop.now))
        )
    }

    static func unixTime(_ time: NIODeadline) -> Int64 {
        1_700_000_000 + Int64(time.uptimeNanoseconds / 1_000_000_000)
    }

    func drawLatency() -> TimeAmount {
        .microseconds(Int64(random.int(in: settings.latency)))
    }

    func forget(_ link: Link) {
        links.removeAll { $0 === link }
    }

    func stop() {
        isStopped = true
    }

    func resume() {
        isStopped = false
        for link in links { link.resume() }
    }

    /// The process is gone, and with it all connections.
    func die(_ manner: Link.Manner) {
        for link in links { link.cut(manner) }
        isStopped = false
        door = .refusing
    }

    /// Another process in its place.
    func start() {
        incarnation += 1
        engine = Engine(
            settings: settings.engine,
            pid: settings.keepsProcessID ? 1 : 100 + index + incarnation * 10,
            clock: EngineClock(start: Self.unixTime(loop.now))
        )
        door = .open
    }

    /// Executes one command that came on that link, 0 for other clients', and gives its reply's bytes.
    func execute(_ frame: Frame, in session: inout Session, link: Int) -> ByteBuffer {
        engine.clock.advance(to: Self.unixTime(loop.now))
        let opcode = frame.header.opcode.loudTwin
        let key = frame.key
        let isMutation = opcode.isMutation && key.readableBytes > 0
        let before = isMutation ? engine.look(at: key) : nil
        var bytes = ByteBuffer()
        bytes.writeFrameHeader(frame.header)
        bytes.writeImmutableBuffer(frame.body)
        session.receive(bytes)
        var queue = ReplyQueue()
        _ = session.serve(with: &engine, into: &queue, limit: .max)
        var reply = ByteBuffer()
        for segment in queue.drain() { reply.writeImmutableBuffer(segment) }
        let after = isMutation ? engine.look(at: key) : nil
        let answer = opcode == .stat ? nil : Self.answer(in: reply)
        let isRead = opcode == .get || opcode == .getAndTouch
        let silence: Status = isRead ? .keyNotFound : .success
        history.note(
            Execution(
                sequence: history.tick(),
                server: index,
                incarnation: incarnation,
                link: link,
                opcode: opcode,
                key: String(buffer: key),
                operation: OperationTag.operation(of: frame),
                requestCAS: frame.header.cas,
                status: answer?.status ?? silence,
                cas: answer?.cas ?? after?.cas ?? 0,
                before: isRead
                    ? answer.flatMap { $0.status == .success ? String(buffer: $0.value) : nil }
                    : before.map { String(buffer: $0.value) },
                after: after.map { String(buffer: $0.value) } ?? Self.stored(by: frame, answer)
            ),
            at: loop.now
        )
        return reply
    }

    /// What a command has stored, where it is dead already: without CAS, a flush kills what is stored in its second.
    private static func stored(by frame: Frame, _ answer: Reply?) -> String? {
        guard (answer?.status ?? .success) == .success else { return nil }
        switch frame.header.opcode.loudTwin {
        case .set, .add, .replace: return String(buffer: frame.value)
        case .increment, .decrement:
            return answer.flatMap { $0.value.getInteger(at: $0.value.readerIndex, as: UInt64.self) }.map { "\($0)" }
        default: return nil
        }
    }

    private static func answer(in bytes: ByteBuffer) -> Reply? {
        guard bytes.readableBytes > 0 else { return nil }
        var decoder = FrameDecoder(expecting: .reply, maximumBodyLength: 1 << 24)
        decoder.append(bytes)
        guard let frame = try? decoder.next() else { return nil }
        return try? Reply(frame)
    }
}
