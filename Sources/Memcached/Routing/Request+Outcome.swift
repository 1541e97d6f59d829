import MemcachedFraming

extension Request {
    /// Whether the command has an outcome for that status, such as a miss or a conflict; every other one is an error.
    func hasOutcome(for status: Status) -> Bool {
        if status == .success { return true }
        return switch opcode.loudTwin {
        case .get, .getAndTouch, .touch, .increment, .decrement, .replace: status == .keyNotFound
        case .set: cas != 0 && (status == .keyNotFound || status == .keyExists)
        case .delete: status == .keyNotFound || (cas != 0 && status == .keyExists)
        case .add: status == .keyExists
        case .append, .prepend: status == .notStored
        default: false
        }
    }

    /// Whether that status says that another writer was ahead.
    func isConflict(_ status: Status) -> Bool {
        status == .keyExists && cas != 0
    }

    /// Whether it reads an item, and so hits or misses.
    var readsItem: Bool {
        switch opcode.loudTwin {
        case .get, .getAndTouch: true
        default: false
        }
    }
}
