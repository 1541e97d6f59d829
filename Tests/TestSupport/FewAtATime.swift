import Foundation
public import Testing

/// Lets a few tests run at a time, not all of them.
///
/// Swift Testing starts every test at once. Then a test that waits for a server stands in one queue with hundreds that compute, and
/// its deadlines pass before it gets a thread.
public struct FewAtATime: SuiteTrait, TestTrait, TestScoping {
    private actor Gate {
        private var free = ProcessInfo.processInfo.activeProcessorCount
        private var waiting: [CheckedContinuation<Void, Never>] = []

        func enter() async {
            guard free == 0 else {
                free -= 1
                return
            }
            await withCheckedContinuation { waiting.append($0) }
        }

        func leave() {
            guard !waiting.isEmpty else {
                free += 1
                return
            }
            waiting.removeFirst().resume()
        }
    }

    private static let gate = Gate()

    /// A suite passes the trait on to its tests.
    public let isRecursive = true

    /// Runs the test when one of the others has ended.
    @concurrent public func provideScope(
        for test: Test,
        testCase: Test.Case?,
        performing function: @concurrent @Sendable () async throws -> Void
    ) async throws {
        guard testCase != nil else { return try await function() }
        await Self.gate.enter()
        do {
            try await function()
        } catch {
            await Self.gate.leave()
            throw error
        }
        await Self.gate.leave()
    }
}

extension Trait where Self == FewAtATime {
    /// One of a few tests that run at a time. Each suite has it.
    public static var fewAtATime: Self { FewAtATime() }
}
