package import MemcachedFraming
package import NIOCore

extension Node {
    /// A request of a batch, and the version that its item must have.
    package struct BatchRequest: Sendable {
        package let request: Request
        package let version: ItemVersion?

        package init(_ request: Request, demanding version: ItemVersion? = nil) {
            self.request = request
            self.version = version
        }
    }

    /// What a batch's request came to: its reply, nil where a quiet one was not answered.
    package typealias BatchResult = Result<(reply: Reply?, origin: ItemVersion.Origin), NodeFailure>

    /// Sends requests of one command together, small enough for one window, and gives each its result.
    ///
    /// - Parameter waits: whether the window waits for room even where the configuration says that requests fail.
    package func sendWindow(
        _ batch: [BatchRequest],
        on slot: ConnectionSlot,
        deadline: NIODeadline,
        waits: Bool = false
    ) async -> [BatchResult] {
        var repetition = Repetition()
        while true {
            let ready: ReadyConnection
            do {
                ready = try await connection(of: slot, deadline: deadline)
            } catch {
                return batch.map { _ in .failure(error) }
            }
            var results: [BatchResult] = batch.map {
                ready.refusal(of: $0.request, demanding: $0.version)
                    .map { .failure(NodeFailure(error: $0, mayGoElsewhere: false)) } ?? .success((nil, ready.origin))
            }
            let sent = batch.indices.filter { if case .success = results[$0] { true } else { false } }
            guard !sent.isEmpty else { return results }
            let requests = sent.map { batch[$0].request }
            switch await ready.connection.sendBatch(requests, deadline: deadline, waits: waits) {
            case .success(let replies):
                noteAnswer()
                for reply in replies {
                    results[sent[Int(reply.opaque)]] = .success((reply, ready.origin))
                }
                return results
            case .failure(let failure):
                slot.lost(ready.connection, by: failure)
                if repetition.goesOn(after: failure, requests[0]) { continue }
                let ending = ended(by: failure, requests[0], on: ready)
                for index in sent { results[index] = .failure(ending) }
                return results
            }
        }
    }
}
