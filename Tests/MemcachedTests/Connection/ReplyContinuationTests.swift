import DequeModule
import MemcachedFraming
import NIOConcurrencyHelpers
import TestSupport
import Testing

@testable import Memcached

/// Who resumes those that are answered.
@Suite(.fewAtATime) struct ReplyContinuationTests {
    /// - Parameters:
    ///   - sharing: so many tasks may be resumed by another one of the thread pool.
    ///   - urgent: so many may not.
    @Test(arguments: [0, 1, 3, 4, 5, 60], 0...2)
    func `everybody gets their own answer, once`(sharing: Int, urgent: Int) async {
        let count = sharing + urgent
        let waiting = NIOLockedValueBox<[(number: Int, caller: ReplyContinuation)]>([])
        await withTaskGroup(of: Bool.self) { group in
            for number in 0..<count {
                // The urgent ones stand among the others.
                group.addTask(priority: number % 3 == 1 && number / 3 < urgent ? .high : .medium) {
                    let completion = await withUnsafeContinuation { continuation in
                        let maySharePool = withUnsafeCurrentTask(body: ReplyContinuation.maySharePool)
                        let caller = ReplyContinuation(continuation, maySharePool: maySharePool)
                        waiting.withLockedValue { $0.append((number, caller)) }
                    }
                    guard case .reply(let reply) = completion else { return false }
                    return reply.opaque == UInt32(number)
                }
            }
            while waiting.withLockedValue(\.count) < count { await Task.yield() }
            var answers = UniqueDeque<Answer<ReplyContinuation>>()
            for (number, caller) in waiting.withLockedValue({ $0 }) {
                let reply = Reply(opcode: .noop, opaque: UInt32(number))
                answers.append(Answer(caller: caller, completion: .reply(reply)))
            }
            ReplyContinuation.resume(&answers)
            let left = answers.count
            #expect(left == 0)
            for await isOwn in group { #expect(isOwn) }
        }
    }
}
