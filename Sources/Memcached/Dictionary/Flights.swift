import MemcachedFraming
import NIOConcurrencyHelpers

/// Values that are being computed, by key: of several callers that miss the same key one computes, and the others wait for it.
final class Flights<Value: Sendable>: Sendable {
    /// What a caller is to do.
    enum Role: Sendable {
        /// Compute, then ``land(_:_:)``.
        case lead
        /// Another caller has computed it, or has failed to.
        case follow(Result<Value, any Error>)
        /// The caller that was computing it has given up for reasons of its own: look again.
        case lookAgain
        /// This caller was cancelled while it waited.
        case cancelled
    }

    private struct Waiter {
        let id: Int
        let continuation: CheckedContinuation<Role, Never>
    }

    private struct State {
        var nextID = 0
        var flights: [ItemKey: [Waiter]] = [:]
    }

    private let state = NIOLockedValueBox(State())

    /// How many callers wait for the key's value; nil where nobody computes it.
    func followerCount(_ key: ItemKey) -> Int? {
        state.withLockedValue { $0.flights[key]?.count }
    }

    /// Becomes the one who computes the key's value, or waits for the one who does.
    func join(_ key: ItemKey) async -> Role {
        let id = state.withLockedValue {
            $0.nextID += 1
            return $0.nextID
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isLeader = state.withLockedValue { state in
                    guard state.flights[key] != nil else {
                        state.flights[key] = []
                        return true
                    }
                    state.flights[key]?.append(Waiter(id: id, continuation: continuation))
                    return false
                }
                if isLeader {
                    continuation.resume(returning: .lead)
                } else if Task.isCancelled {
                    // A cancellation before found nobody to take out; one after finds it by itself.
                    leave(key, id)
                }
            }
        } onCancel: {
            leave(key, id)
        }
    }

    /// The leader is done, with a value, an error, or nothing where it has given up.
    func land(_ key: ItemKey, _ result: Result<Value, any Error>?) {
        let waiters = state.withLockedValue { $0.flights.removeValue(forKey: key) ?? [] }
        for waiter in waiters {
            waiter.continuation.resume(returning: result.map { .follow($0) } ?? .lookAgain)
        }
    }

    private func leave(_ key: ItemKey, _ id: Int) {
        let waiter = state.withLockedValue { state -> Waiter? in
            guard let index = state.flights[key]?.firstIndex(where: { $0.id == id }) else { return nil }
            return state.flights[key]?.remove(at: index)
        }
        waiter?.continuation.resume(returning: .cancelled)
    }
}
