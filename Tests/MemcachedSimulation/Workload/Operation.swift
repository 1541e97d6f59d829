import Memcached
import NIOCore

/// What one caller asks of one key, and what it was told.
final class Operation: @unchecked Sendable {
    enum Kind: String, CaseIterable {
        case get, getAndTouch, contains
        case set, add, replace, swap, append
        case increment, decrement
        case touch, delete, removeEntry
        case update, readThrough
        case administration
    }

    enum Outcome {
        /// A value and its CAS where that is told; nil for a miss.
        case read(String?, cas: UInt64?)
        case stored(cas: UInt64?)
        case conflict, missing, exists, notStored
        case removed(Bool)
        case counted(UInt64?)
        case touched(Bool)
        case updated(String?)
        case computed(String)
        case finished
        case failed(MemcachedError.Code)
        case strange(String)
    }

    /// From 1 on.
    let id: Int
    let kind: Kind
    let key: String
    /// What a compare-and-swap or a removal expects.
    var entry: MemcachedEntry<String>?
    /// Whether an update may be applied again after an unknown outcome.
    var appliesAgain = false
    /// Whether it is another client's, of which nothing is told.
    var isOthers = false
    /// Whether its deadline had passed, or it was cancelled, by its end.
    var hadToEnd = false
    var filler = 0
    /// What it stores; of an append or an update, the part that it adds.
    var value: String?
    private(set) var startedAt = 0
    private(set) var endedAt: Int?
    private(set) var outcome: Outcome?
    /// By when it has ended.
    var deadline = NIODeadline.distantFuture

    init(id: Int, kind: Kind, key: String) {
        self.id = id
        self.kind = kind
        self.key = key
    }

    func start(_ sequence: Int) { startedAt = sequence }

    func end(_ sequence: Int, _ outcome: Outcome) {
        endedAt = sequence
        self.outcome = outcome
    }
}

extension Operation.Kind {
    /// Of the outcomes that are no failures, the labels.
    var labels: [String] {
        switch self {
        case .get, .getAndTouch: ["value", "miss"]
        case .contains, .touch, .delete: ["found", "not found"]
        case .set: ["stored"]
        case .add: ["stored", "exists"]
        case .replace: ["stored", "missing"]
        case .swap: ["stored", "conflict", "missing"]
        case .append: ["stored", "not stored"]
        case .increment, .decrement: ["counted", "not counted"]
        case .removeEntry: ["found", "conflict", "not found"]
        case .update: ["updated", "nothing to update"]
        case .readThrough: ["computed"]
        case .administration: ["finished"]
        }
    }
}

/// What chance can cancel: a task and the operations in it.
final class Call: @unchecked Sendable {
    let operations: [Operation]
    var task: Task<Void, Never>?

    init(_ operations: [Operation]) {
        self.operations = operations
    }
}

extension Operation.Outcome: CustomStringConvertible {
    var description: String {
        switch self {
        case .read(let value, let cas): "read \(value ?? "a miss") cas \(cas ?? 0)"
        case .stored(let cas): "stored cas \(cas ?? 0)"
        case .conflict: "conflict"
        case .missing: "missing"
        case .exists: "exists"
        case .notStored: "not stored"
        case .removed(let was): "removed \(was)"
        case .counted(let number): "counted \(number.map { "\($0)" } ?? "nothing")"
        case .touched(let was): "touched \(was)"
        case .updated(let value): "updated \(value ?? "nothing")"
        case .computed(let value): "computed \(value)"
        case .finished: "finished"
        case .failed(let code): "failed: \(code)"
        case .strange(let text): "failed strangely: \(text)"
        }
    }

    /// For counting.
    var label: String {
        switch self {
        case .read(nil, _): "miss"
        case .read: "value"
        case .stored: "stored"
        case .removed(let was), .touched(let was): was ? "found" : "not found"
        case .counted(let number): number == nil ? "not counted" : "counted"
        case .updated(let value): value == nil ? "nothing to update" : "updated"
        case .computed: "computed"
        default: description
        }
    }
}
