import NIOCore
import TestSupport
import Testing

@testable import Memcached
@testable import MemcachedTesting

/// A fault of the test server, and what it makes of the calls on its connection.
struct FaultedCourse: Sendable, CustomTestStringConvertible {
    let fault: ServerFault
    /// What the call that is struck comes to, where it is a GET, a SET of "new", or a batch.
    let get: String
    let set: String
    let batch: String
    /// What the GET behind it comes to.
    let behind: String
    let isOpen: Bool
    /// What the server holds after the SET.
    let item: String?

    var testDescription: String { "\(fault.kind)" }

    func outcome(of call: StruckCall) -> String {
        switch call {
        case .get: get
        case .set: set
        case .batch: batch
        }
    }

    /// The frames stay sound; the call that is struck may come to something else.
    private static func kept(
        _ fault: ServerFault,
        get: String = "B",
        set: String = "stored",
        batch: String = "0=A,1=B,2=C",
        item: String? = "new"
    ) -> FaultedCourse {
        FaultedCourse(fault: fault, get: get, set: set, batch: batch, behind: "C", isOpen: true, item: item)
    }

    /// The replies come when the deadlines have passed.
    private static func late(_ fault: ServerFault) -> FaultedCourse {
        FaultedCourse(
            fault: fault,
            get: "timedOut",
            set: "outcomeUnknown",
            batch: "timedOut",
            behind: "timedOut",
            isOpen: true,
            item: "new"
        )
    }

    /// The connection ends, for the reason that reads are told.
    private static func ended(
        _ fault: ServerFault,
        as code: String,
        get: String? = nil,
        set: String = "outcomeUnknown",
        item: String = "new"
    ) -> FaultedCourse {
        FaultedCourse(
            fault: fault,
            get: get ?? code,
            set: set,
            batch: code,
            behind: code,
            isOpen: false,
            item: item
        )
    }

    private static func refused(
        _ status: ServerFault.Status,
        _ moment: ServerFault.Moment = .beforeExecution,
        as code: String,
        item: String?
    ) -> FaultedCourse {
        kept(.status(status, moment), get: code, set: code, batch: "0=A,1=\(code),2=C", item: item)
    }

    private static let holds: [FaultedCourse] = [
        kept(.delay(.milliseconds(500))),
        kept(.delay(.milliseconds(500), .beforeExecution)),
        late(.stall()),
        late(.stall(.beforeExecution)),
        late(.stopReading),
    ]

    private static let ends: [FaultedCourse] = [false, true].flatMap { byReset -> [FaultedCourse] in
        [
            ended(.closeConnection(.beforeExecution, byReset: byReset), as: "connectionLost", item: "B"),
            ended(.closeConnection(.beforeReply, byReset: byReset), as: "connectionLost"),
            ended(.closeConnection(.midReply, byReset: byReset), as: "connectionLost"),
            ended(.closeConnection(.afterReply, byReset: byReset), as: "connectionLost", get: "B", set: "stored"),
        ]
    }

    private static let statuses: [FaultedCourse] = [
        // A SET without room takes the old item with it.
        refused(.outOfMemory, as: "outOfMemory", item: nil),
        refused(.valueTooLarge, as: "valueTooLarge", item: nil),
        refused(.busy, as: "refused", item: "B"),
        refused(.authenticationError, as: "authenticationRequired", item: "B"),
        refused(ServerFault.Status(rawValue: 0x77), as: "refused", item: "B"),
        refused(.temporaryFailure, .afterExecution, as: "refused", item: "new"),
        kept(.status(.keyNotFound), get: "miss", set: "refused", batch: "0=A,2=C", item: "B"),
    ]

    private static let broken: [FaultedCourse] = [
        ended(.textError(), as: "protocolViolation", item: "B"),
        ended(.garble(.magic), as: "protocolViolation"),
        ended(.garble(.opcode), as: "protocolViolation"),
        ended(.garble(.lengths), as: "protocolViolation"),
        // Only a codec can notice it.
        kept(.garble(.value), get: "\u{FFFD}", batch: "0=A,1=\u{FFFD},2=C"),
        ended(.wrongOpaque(), as: "protocolViolation"),
        ended(.wrongOpaque(offset: 1), as: "protocolViolation"),
        // The opaque of the next request. In the batch it is due as well, until that has its own reply.
        ended(.wrongOpaque(offset: OpaqueSpread.opaque(of: 1)), as: "protocolViolation"),
        // The first of the two is taken.
        ended(.duplicate, as: "protocolViolation", get: "B", set: "stored"),
    ]

    static let all = holds + ends + statuses + broken
}

@Suite(.fewAtATime) struct FaultedChannelTests {
    /// How a connection fared.
    private struct Fate: Equatable {
        var outcomes: [String]
        var isOpen: Bool
        /// What a GET of "a" comes to afterwards; nil on a connection that has ended.
        var next: String?
        var item: String?
        var strikes: Int
        /// How many bytes the server sent.
        var sent: Int
    }

    private func fate(_ fault: ServerFault, on call: StruckCall, cuts: [Int] = []) throws -> Fate {
        let faulted = try FaultedWire(fault, on: call, cuts: cuts)
        let wire = faulted.wire
        defer { wire.finish() }
        try faulted.serve()
        if let hold = faulted.server.hold {
            #expect(faulted.outcomes == ["A", "running", "running"])
            #expect(wire.isOpen)
            // The calls' deadlines are a second away.
            switch hold {
            case .delay: wire.advance(.milliseconds(500))
            case .stall, .stopReading: wire.advance(.seconds(1))
            }
            try faulted.resume()
        }
        var fate = Fate(
            outcomes: faulted.outcomes,
            isOpen: wire.isOpen,
            item: faulted.server.item,
            strikes: faulted.server.strikes,
            sent: faulted.sent
        )
        let next = try wire.get("a")
        if fate.isOpen {
            try faulted.serve()
            guard case .value(let value) = next.ending else { return fate }
            fate.next = value
        } else {
            #expect(next.ending == .closed(sent: false))
        }
        return fate
    }

    @Test(arguments: FaultedCourse.all, StruckCall.allCases)
    func `each call has its own value or an error, and only a broken stream ends the connection`(
        course: FaultedCourse,
        call: StruckCall
    ) throws {
        let fate = try fate(course.fault, on: call)
        #expect(fate.outcomes == ["A", course.outcome(of: call), course.behind])
        #expect(fate.isOpen == course.isOpen)
        #expect(fate.next == (course.isOpen ? "A" : nil))
        #expect(fate.item == (call == .set ? course.item : "B"))
        // A SET's reply has no value to garble.
        #expect(fate.strikes == (call == .set && course.fault == .garble(.value) ? 0 : 1))
    }

    @Test(arguments: FaultedCourse.all, StruckCall.allCases)
    func `wherever the stream of replies is cut, the calls come to the same`(
        course: FaultedCourse,
        call: StruckCall
    ) throws {
        let whole = try fate(course.fault, on: call)
        #expect(whole.sent > 24)
        for cut in 1..<whole.sent {
            #expect(try fate(course.fault, on: call, cuts: [cut]) == whole, "cut at \(cut)")
        }
        #expect(try fate(course.fault, on: call, cuts: Array(1..<whole.sent)) == whole)
    }

    @Test(arguments: [ServerFault.stall(), .stall(.beforeExecution), .stopReading], StruckCall.allCases)
    func `a server that is silent for longer than stallTimeout loses the connection, and each caller learns so`(
        fault: ServerFault,
        call: StruckCall
    ) throws {
        var configuration = ConnectionConfiguration()
        configuration.stallTimeout = .milliseconds(500)
        let faulted = try FaultedWire(fault, on: call, configuration: configuration)
        let wire = faulted.wire
        defer { wire.finish() }
        try faulted.serve()
        wire.advance(.nanoseconds(499_999_999))
        #expect(faulted.outcomes == ["A", "running", "running"])
        wire.advance(.nanoseconds(1))
        #expect(!wire.isOpen)
        #expect(faulted.outcomes == ["A", call == .set ? "outcomeUnknown" : "connectionLost", "connectionLost"])
    }
}
