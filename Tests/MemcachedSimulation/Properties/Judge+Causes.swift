import Memcached
import MemcachedFraming

extension Judge {
    /// Whoever fails has met something that makes calls fail.
    func checkCause(_ operation: Operation, _ code: MemcachedError.Code) -> Violation? {
        guard !operation.isOthers, !hasCause(operation, code) else { return nil }
        return Violation(property: .nothingFailsWithoutCause, message: operation.name)
    }

    private func hasCause(_ operation: Operation, _ code: MemcachedError.Code) -> Bool {
        switch code {
        case .serverRemoved, .invalidArgument, .invalidKey, .unencodable:
            false
        case .overloaded:
            !circumstances.waitsForRoom
        case .cancelled, .timedOut:
            isOutOfTime(operation)
        case .outcomeUnknown:
            !circumstances.isUndisturbed || isOutOfTime(operation)
        case .connectionLost:
            !circumstances.isUndisturbed
        case .clientClosed:
            circumstances.endsEarly
        case .connectionFailed:
            // Calls that run out of time may leave a server out.
            !circumstances.isUndisturbed || circumstances.ejects
        case .versionUnusable:
            !circumstances.isUndisturbed || circumstances.movesKeys || !circumstances.keepsCAS
        case .tooManyConflicts:
            !circumstances.isUndisturbed || circumstances.movesKeys
                || executions(of: operation).contains { !$0.isSuccess }
        case .valueTooLarge:
            circumstances.isHostile || circumstances.limitsItems || hasMet(operation) { $0 == .valueTooLarge }
        case .outOfMemory:
            circumstances.isHostile || hasMet(operation) { $0 == .outOfMemory }
        case .notANumber:
            circumstances.isHostile || hasMet(operation) { $0 == .nonNumericValue }
        case .refused:
            circumstances.isHostile || hasMet(operation) { !Self.ordinary.contains($0) }
        default:
            // Nobody asks for a name and a password.
            circumstances.isHostile
        }
    }

    /// Its deadline has passed, or it was cancelled.
    private func isOutOfTime(_ operation: Operation) -> Bool {
        // The time of a read-through's own calls isn't known, nor that of whom it has waited for.
        operation.kind == .readThrough || operation.hadToEnd
    }

    private func hasMet(_ operation: Operation, _ isRefusal: (Status) -> Bool) -> Bool {
        executions.contains { $0.key == operation.key && isDuring($0, operation) && isRefusal($0.status) }
    }

    private static let ordinary: [Status] = [.success, .keyNotFound, .keyExists, .notStored]
}
