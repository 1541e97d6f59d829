/// Something that goes wrong on a server on purpose. ``MemcachedTestServer/inject(_:on:forKey:after:times:)`` says when.
///
/// A fault works at one of two moments: before a command is carried out, mostly in its place, or after it, on its reply. A SET that
/// was carried out and whose reply was lost is another case than one that never happened, though its client can't tell the two
/// apart. Whatever a fault does, it does on the one connection on which the command came; the others go on.
public struct ServerFault: Sendable, Hashable {
    /// When a fault works.
    public enum Moment: Sendable, Hashable {
        /// The command has arrived, and has changed nothing yet.
        case beforeExecution
        /// The command has been carried out, and its reply has not been sent.
        case afterExecution
    }

    /// Where a connection is closed.
    public enum ClosePoint: Sendable, Hashable {
        /// The command is not carried out, and has no reply.
        case beforeExecution
        /// The command is carried out, but nobody is told.
        case beforeReply
        /// The command is carried out, and its reply breaks off: within its body, or within its header where it is all there is.
        case midReply
        /// The command is carried out, and its whole reply is sent.
        case afterReply
    }

    /// What of a reply is garbled.
    public enum ReplyPart: Sendable, Hashable {
        /// The first byte, which tells a frame from other bytes.
        case magic
        /// The command that the reply says it answers; it becomes one that doesn't exist.
        case opcode
        /// The lengths, so that they contradict each other.
        case lengths
        /// Each byte of the value of a reply that tells of success; the frame around it stays sound. memcached has no checksums: only
        /// the value's codec can notice this.
        case value
    }

    enum Kind: Sendable, Hashable {
        case hold(Hold, Moment)
        case close(ClosePoint, byReset: Bool)
        case refuse(Status, Moment)
        case text(String)
        case garble(ReplyPart)
        case moveOpaque(UInt32)
        case duplicate
    }

    let kind: Kind

    private init(_ kind: Kind) {
        self.kind = kind
    }
}

extension ServerFault {
    /// The reply is held back, and with it all that follows on its connection, which is still read from.
    ///
    /// The duration is real time; the server's clock, which ``MemcachedTestServer/advanceTime(by:)`` moves, has no part in it.
    /// With ``Moment/beforeExecution`` the command is carried out only then.
    public static func delay(_ duration: Duration, _ moment: Moment = .afterExecution) -> ServerFault {
        ServerFault(.hold(.delay(max(duration, .zero)), moment))
    }

    /// The connection goes silent at this reply, though it is still read from, until the fault is removed,
    /// ``MemcachedTestServer/resume()`` is called, or the client goes away. Then it goes on from where it was.
    ///
    /// With ``Moment/beforeExecution`` the command is carried out only then.
    public static func stall(_ moment: Moment = .afterExecution) -> ServerFault {
        ServerFault(.hold(.stall, moment))
    }

    /// The command isn't carried out and the connection isn't read from, so that what the client writes piles up in the buffers of
    /// both sides, until the fault is removed or ``MemcachedTestServer/resume()`` is called. Then it goes on from where it was.
    public static var stopReading: ServerFault {
        ServerFault(.hold(.stopReading, .beforeExecution))
    }

    /// The connection is closed, after the replies to earlier commands: gracefully, or by a TCP reset.
    public static func closeConnection(_ point: ClosePoint, byReset: Bool = false) -> ServerFault {
        ServerFault(.close(point, byReset: byReset))
    }

    /// The command is refused with this status, and not carried out; with ``Moment/afterExecution`` it is carried out, and the reply
    /// says otherwise.
    ///
    /// As with memcached, a SET refused as ``Status/outOfMemory`` or ``Status/valueTooLarge`` before its execution takes the old item
    /// with it, and a quiet get that is told ``Status/keyNotFound`` has no reply.
    public static func status(_ status: Status, _ moment: Moment = .beforeExecution) -> ServerFault {
        ServerFault(.refuse(status, moment))
    }

    /// The command is refused for want of memory: `status(.outOfMemory)`.
    public static var outOfMemory: ServerFault { .status(.outOfMemory) }

    /// The command is refused since the server is busy: `status(.busy)`.
    public static var busy: ServerFault { .status(.busy) }

    /// The command isn't carried out; the reply is this line, as from a server or proxy that speaks the text protocol.
    public static func textError(_ line: String = "SERVER_ERROR out of service") -> ServerFault {
        ServerFault(.text(line))
    }

    /// The command is carried out, and a part of its reply's first frame is wrong.
    public static func garble(_ part: ReplyPart) -> ServerFault {
        ServerFault(.garble(part))
    }

    /// The command is carried out, and its reply's first frame carries another opaque, the number by which a client knows what is
    /// answered. With an offset of 1 it is, for most clients, that of the next request.
    public static func wrongOpaque(offset: UInt32 = 1 << 31) -> ServerFault {
        ServerFault(.moveOpaque(offset))
    }

    /// The command is carried out once, and answered twice.
    public static var duplicate: ServerFault { ServerFault(.duplicate) }
}

extension ServerFault {
    /// What keeps a connection from going on.
    enum Hold: Sendable, Hashable {
        case delay(Duration), stall, stopReading
    }

    var moment: Moment {
        switch kind {
        case .hold(_, let moment), .refuse(_, let moment): moment
        case .close(let point, _): point == .beforeExecution ? .beforeExecution : .afterExecution
        case .text: .beforeExecution
        case .garble, .moveOpaque, .duplicate: .afterExecution
        }
    }
}
