import Memcached
import NIOConcurrencyHelpers

/// What all tasks of a soak have met so far.
final class Record: Sendable {
    struct State: Sendable {
        var operations: [String: Int] = [:]
        var errors: [String: Int] = [:]
        var disturbances: [String: Int] = [:]
        var findings: [Finding.Kind: Int] = [:]
        /// What was observed and held against a ledger.
        var observations = Observations()
        /// The first findings, in words.
        var texts: [String] = []
        /// The longest that a call went on past what it was allowed.
        var longestDelay = Duration.zero
        /// What each task does now, and until when it may.
        fileprivate var underWay: [Int: (what: String, deadline: ContinuousClock.Instant)] = [:]

        var operationCount: Int { operations.values.reduce(0, +) }
        var errorCount: Int { errors.values.reduce(0, +) }

        func count(of kind: Finding.Kind) -> Int { findings[kind] ?? 0 }
    }

    private let state = NIOLockedValueBox(State())
    private let tellsAtOnce: Bool

    private static let keptTexts = 50

    /// - Parameter tellsAtOnce: whether findings go to standard error when they are made.
    init(tellsAtOnce: Bool = false) {
        self.tellsAtOnce = tellsAtOnce
    }

    var now: State { state.withLockedValue(\.self) }

    func note(_ kind: Finding.Kind, _ text: String) {
        let isKept = state.withLockedValue { state in
            state.findings[kind, default: 0] += 1
            guard state.texts.count < Self.keptTexts else { return false }
            state.texts.append("\(kind.rawValue): \(text)")
            return true
        }
        if isKept, tellsAtOnce { StandardError.write("!! \(kind.rawValue): \(text)") }
    }

    func count(_ disturbance: Disturbance) {
        state.withLockedValue { $0.disturbances[disturbance.rawValue, default: 0] += 1 }
    }

    func count(_ verdict: Verdict) {
        state.withLockedValue { $0.observations.count(verdict) }
    }

    func count(error: any Error) {
        let name = (error as? MemcachedError).map { "\($0.code)" } ?? "\(type(of: error))"
        state.withLockedValue { $0.errors[name, default: 0] += 1 }
    }
}

extension Record {
    func begin(_ operation: String, by task: Int, allowed: Duration) {
        state.withLockedValue {
            $0.underWay[task] = (operation, ContinuousClock.now + allowed)
        }
    }

    func end(_ operation: String, by task: Int) {
        state.withLockedValue { state in
            state.operations[operation, default: 0] += 1
            guard let (_, deadline) = state.underWay.removeValue(forKey: task) else { return }
            state.longestDelay = max(state.longestDelay, ContinuousClock.now - deadline)
        }
    }

    /// What goes on for that much longer than it may, by task.
    func overdue(by grace: Duration) -> [(task: Int, operation: String)] {
        state.withLockedValue { state in
            state.underWay.filter { ContinuousClock.now - $0.value.deadline > grace }
                .map { ($0.key, $0.value.what) }.sorted { $0.task < $1.task }
        }
    }
}
