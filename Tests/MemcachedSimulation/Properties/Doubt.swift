/// Where a server has lied, and so which outcomes may be lies as well.
struct Doubt {
    /// By key: the sequence numbers of executions whose replies a client may have misread.
    private let doubtful: [String: [Int]]

    init(executions: [Execution], lies: [Lie]) {
        var doubtful: [String: [Int]] = [:]
        var byLink: [Int: [Lie]] = [:]
        for lie in lies { byLink[lie.link, default: []].append(lie) }
        for execution in executions {
            let isTouched = byLink[execution.link, default: []].contains {
                $0.sequence == execution.sequence || ($0.spoilsStream && $0.sequence <= execution.sequence)
            }
            if isTouched { doubtful[execution.key, default: []].append(execution.sequence) }
        }
        self.doubtful = doubtful
    }

    func concerns(_ key: String) -> Bool { doubtful[key] != nil }

    /// Whether a lie can have touched what the operation was told.
    func concerns(_ operation: Operation) -> Bool {
        guard let end = operation.endedAt, let all = doubtful[operation.key] else { return false }
        // What a read-through gets, another caller may have read before.
        let start = operation.kind == .readThrough ? 0 : operation.startedAt
        return all.contains { start < $0 && $0 < end }
    }
}
