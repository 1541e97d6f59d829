import Memcached

/// Looks for an order of one key's operations that explains all that callers were told, as Wing and Gong do. It knows nothing of what
/// servers did but whether one has lost the item: then it may be lost at any time. An unknown outcome may have come true at any time after its call.
struct LinearizationSearch {
    enum Result {
        case found, impossible, tooLarge
    }

    private struct Step {
        let start: Int
        /// When it must have happened; nil where it may never have.
        let end: Int?
        let operation: Operation
    }

    private struct Place: Hashable {
        var done: UInt64
        var state: String?
    }

    private let steps: [Step]
    private let isSearchable: Bool
    private let mayBeLost: Bool

    /// - Parameter mayBeLost: whether a server has shown that it lost the item.
    init(operations: [Operation], mayBeLost: Bool) {
        self.mayBeLost = mayBeLost
        let steps = operations.compactMap(Self.step)
        self.steps = steps
        // What is applied again on purpose, and what others compute, have outcomes of their own.
        isSearchable = steps.count <= 40 && !operations.contains { $0.appliesAgain || $0.kind == .readThrough }
    }

    func run() -> Result {
        guard isSearchable else { return .tooLarge }
        let demanded = steps.indices.filter { steps[$0].end != nil }.reduce(UInt64(0)) { $0 | 1 << UInt64($1) }
        var seen: Set<Place> = []
        var open = [Place(done: 0, state: nil)]
        while let place = open.popLast() {
            if place.done & demanded == demanded { return .found }
            guard seen.insert(place).inserted else { continue }
            guard seen.count < 50_000 else { return .tooLarge }
            let left = steps.indices.filter { place.done & 1 << UInt64($0) == 0 }
            let earliestEnd = left.compactMap { steps[$0].end }.min() ?? .max
            for index in left where steps[index].start < earliestEnd {
                // The last one is tried first: most items are not lost.
                for state in mayBeLost ? [nil, place.state] : [place.state] {
                    guard let next = Self.apply(steps[index].operation, to: state) else { continue }
                    open.append(Place(done: place.done | 1 << UInt64(index), state: next.value))
                }
            }
        }
        return .impossible
    }

    private static func step(_ operation: Operation) -> Step? {
        switch operation.outcome {
        case .failed(.outcomeUnknown):
            // Of what changes no value, only acknowledgements tell.
            guard operation.value != nil || operation.kind == .delete || operation.kind == .removeEntry else {
                return nil
            }
            return Step(start: operation.startedAt, end: nil, operation: operation)
        case nil, .failed, .strange, .finished, .notStored, .counted, .computed, .updated(nil):
            return nil
        default:
            return Step(start: operation.startedAt, end: operation.endedAt, operation: operation)
        }
    }

    private struct State {
        let value: String?
    }

    /// The key's value after an operation; nil where it can't have come to that outcome.
    private static func apply(_ operation: Operation, to state: String?) -> State? {
        switch operation.outcome {
        case .read(let value, _):
            return state == value ? State(value: state) : nil
        case .touched(let wasThere):
            return (state != nil) == wasThere ? State(value: state) : nil
        case .exists:
            return state == nil ? nil : State(value: state)
        case .missing, .removed(false):
            return state == nil ? State(value: nil) : nil
        case .conflict:
            return state == nil || state == operation.entry?.value ? nil : State(value: state)
        case .updated(let value?):
            return change(operation, state).flatMap { $0.value == value ? $0 : nil }
        default:
            return change(operation, state)
        }
    }

    /// What an operation makes of a value, where it takes effect.
    private static func change(_ operation: Operation, _ state: String?) -> State? {
        switch operation.kind {
        case .set:
            return State(value: operation.value)
        case .add:
            return state == nil ? State(value: operation.value) : nil
        case .replace:
            return state == nil ? nil : State(value: operation.value)
        case .swap:
            return state != nil && state == operation.entry?.value ? State(value: operation.value) : nil
        case .append:
            return state.map { State(value: $0 + (operation.value ?? "")) }
        case .update:
            let before = state ?? OperationTag.value(operation.key, "d", operation.id)
            return State(value: before + (operation.value ?? ""))
        case .delete:
            return state == nil ? nil : State(value: nil)
        case .removeEntry:
            return state != nil && state == operation.entry?.value ? State(value: nil) : nil
        default:
            return State(value: state)
        }
    }
}
