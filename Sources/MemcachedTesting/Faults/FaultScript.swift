import NIOCore

/// The faults of a server, and how far each has come. All connections share one script. Pure state.
struct FaultScript: Sendable {
    /// Which of the script's faults one is.
    struct ID: Hashable, Sendable {
        fileprivate let index: Int
    }

    /// A fault that happens now.
    struct Strike: Sendable, Equatable {
        let id: ID
        let kind: ServerFault.Kind
    }

    /// A command, as faults choose among them.
    struct Candidate: Sendable {
        let commands: ServerCommands
        let key: ByteBuffer
    }

    private struct Rule: Sendable {
        let id: ID
        let fault: ServerFault
        let commands: ServerCommands
        /// Nil for any key, and for none.
        let key: ByteBuffer?
        var schedule: FaultSchedule

        func isFor(_ candidate: Candidate) -> Bool {
            !commands.isDisjoint(with: candidate.commands) && (key == nil || key == candidate.key)
        }
    }

    private var rules: [Rule] = []
    /// How often each fault has happened, those that were removed among them.
    private var counts: [Int] = []

    /// Whether no command can be struck.
    var isEmpty: Bool { rules.isEmpty }

    mutating func add(
        _ fault: ServerFault,
        on commands: ServerCommands = .any,
        forKey key: String? = nil,
        _ schedule: FaultSchedule = .next(skipping: 0, times: nil)
    ) -> ID {
        let id = ID(index: counts.count)
        counts.append(0)
        rules.append(
            Rule(id: id, fault: fault, commands: commands, key: key.map { ByteBuffer(string: $0) }, schedule: schedule)
        )
        return id
    }

    mutating func remove(_ id: ID) {
        rules.removeAll { $0.id == id }
    }

    mutating func removeAll() {
        rules = []
    }

    func count(of id: ID) -> Int {
        counts[id.index]
    }

    /// The fault that strikes a command before it is carried out; of several, the one that was added first. The later ones don't
    /// get to see the command.
    mutating func strike(before candidate: Candidate) -> Strike? {
        strike(candidate) { $0.moment == .beforeExecution }
    }

    /// The fault that strikes a command after it was carried out. A fault that changes what isn't there passes it over: a quiet
    /// command may have no reply.
    mutating func strike(after candidate: Candidate, reply: ByteBuffer) -> Strike? {
        strike(candidate) { $0.moment == .afterExecution && $0.canStrike(reply) }
    }

    private mutating func strike(_ candidate: Candidate, where isPossible: (ServerFault) -> Bool) -> Strike? {
        for index in rules.indices where rules[index].isFor(candidate) && isPossible(rules[index].fault) {
            if rules[index].schedule.strikesNext() {
                let rule = rules[index]
                counts[rule.id.index] += 1
                return Strike(id: rule.id, kind: rule.fault.kind)
            }
        }
        return nil
    }
}
