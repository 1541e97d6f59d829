import MemcachedFraming
import NIOCore
import NIOEmbedded

@testable import Memcached
@testable import MemcachedTesting

/// The test server's engine and one session of it, without a socket. It holds "A", "B" and "C" under "a", "b" and "c"; a
/// fault strikes the first command on "b".
struct FaultedServer {
    private var engine: Engine
    private var session = Session()
    private let fault: FaultScript.ID
    private(set) var outcome = Session.Outcome.needsBytes

    init(_ fault: ServerFault) throws {
        var engine = Engine(settings: EngineSettings(), pid: 4_711, clock: EngineClock(start: 1_800_000_000))
        var session = Session()
        var replies = ReplyQueue()
        for name in ["a", "b", "c"] {
            var bytes = ByteBuffer()
            bytes.writeRequest(try .set(name, ByteBuffer(string: name.uppercased())), opaque: 0)
            session.receive(bytes)
        }
        _ = session.serve(with: &engine, into: &replies, limit: .max)
        self.fault = engine.faults.add(fault, on: .any, forKey: "b", .next(skipping: 0, times: 1))
        self.engine = engine
    }

    /// What keeps it from going on.
    var hold: ServerFault.Hold? { session.hold?.kind }

    /// How often the fault has struck.
    var strikes: Int { engine.faults.count(of: fault) }

    /// What it holds under "b".
    var item: String? { engine.look(at: ByteBuffer(string: "b")).map { String(buffer: $0.value) } }

    /// The replies that come of a client's bytes.
    mutating func serve(_ bytes: ByteBuffer) -> ByteBuffer {
        session.receive(bytes)
        return advance(ReplyQueue())
    }

    /// The replies that come when the hold ends.
    mutating func resume() -> ByteBuffer {
        var replies = ReplyQueue()
        session.resume(with: &engine, into: &replies)
        return advance(replies)
    }

    private mutating func advance(_ before: ReplyQueue) -> ByteBuffer {
        var replies = before
        outcome = session.serve(with: &engine, into: &replies, limit: .max)
        var bytes = ByteBuffer()
        for segment in replies.drain() { bytes.writeImmutableBuffer(segment) }
        return bytes
    }
}

/// The call that a fault strikes; its key, or one of them, is "b".
enum StruckCall: CaseIterable, Sendable {
    case get, set
    /// GETs of "a", "b" and "c".
    case batch

    /// Begins it. What it came to is "running", a value, "stored", "miss" or an error's code; of a batch, what each reply
    /// is.
    func begin(on wire: Wire) throws -> () -> String {
        switch self {
        case .get:
            let call = try wire.get("b")
            return { call.outcome(isMutation: false) }
        case .set:
            let call = wire.send(try .set("b", ByteBuffer(string: "new")))
            return { call.outcome(isMutation: true) }
        case .batch:
            let call = wire.sendBatch([try .getQuietly("a"), try .getQuietly("b"), try .getQuietly("c")])
            return { call.outcome }
        }
    }
}

/// A connection to a server with a fault, and three calls on it: a GET of "a", the one that is struck, and a GET of
/// "c".
final class FaultedWire {
    let wire: Wire
    private(set) var server: FaultedServer
    /// Where the stream of replies is cut, in ascending order.
    private let cuts: [Int]
    /// How many bytes the server has sent.
    private(set) var sent = 0

    private let before: Wire.Single
    private let struck: () -> String
    private let behind: Wire.Single

    init(
        _ fault: ServerFault,
        on call: StruckCall,
        cuts: [Int] = [],
        configuration: ConnectionConfiguration = ConnectionConfiguration()
    ) throws {
        server = try FaultedServer(fault)
        self.cuts = cuts
        wire = try Wire(configuration: configuration)
        before = try wire.get("a")
        struck = try call.begin(on: wire)
        behind = try wire.get("c")
    }

    /// What the three calls came to.
    var outcomes: [String] {
        [before.outcome(isMutation: false), struck(), behind.outcome(isMutation: false)]
    }

    /// The server reads what has been written, and answers.
    func serve() throws {
        wire.settle()
        var requests = ByteBuffer()
        while let bytes = try wire.channel.readOutbound(as: ByteBuffer.self) { requests.writeImmutableBuffer(bytes) }
        try deliver(server.serve(requests))
    }

    /// The fault lets the server go on.
    func resume() throws {
        try deliver(server.resume())
    }

    private func deliver(_ replies: ByteBuffer) throws {
        var rest = replies
        while rest.readableBytes > 0, wire.isOpen {
            let cut = cuts.first { $0 > sent } ?? .max
            let length = min(cut - sent, rest.readableBytes)
            guard let piece = rest.readSlice(length: length) else { break }
            sent += length
            try wire.receive(piece)
        }
        sent += rest.readableBytes
        guard wire.isOpen else { return }
        switch server.outcome {
        case .needsBytes, .paused:
            break
        case .close:
            try wire.hangUp()
        case .reset:
            // ECONNRESET, which is what a socket reads then.
            wire.channel.pipeline.fireErrorCaught(IOError(errnoCode: 104, reason: "connection reset by peer"))
            wire.settle()
        }
    }
}

extension Call where Value == Result<Reply, RequestFailure> {
    fileprivate func outcome(isMutation: Bool) -> String {
        switch value {
        case .success(let reply)?: reply.outcome(isMutation: isMutation)
        case .failure(let failure)?: "\(failure.error(server: Wire.server, isMutation: isMutation).code)"
        case nil: "running"
        }
    }
}

extension Call where Value == Result<[Reply], RequestFailure> {
    fileprivate var outcome: String {
        switch value {
        case .success(let replies)?:
            replies.map { "\($0.opaque)=\($0.outcome(isMutation: false))" }.joined(separator: ",")
        case .failure(let failure)?:
            "\(failure.error(server: Wire.server, isMutation: false).code)"
        case nil:
            "running"
        }
    }
}

extension Reply {
    fileprivate func outcome(isMutation: Bool) -> String {
        switch status {
        case .success: isMutation ? "stored" : String(buffer: value)
        case .keyNotFound where !isMutation: "miss"
        default: "\(unexpected(from: Wire.server).code)"
        }
    }
}
