import MemcachedFraming
import NIOCore

extension Node {
    /// Sends requests of a batch together, few and small enough for one window.
    ///
    /// - Parameters:
    ///   - waits: whether the window waits for room even where the configuration says that requests fail.
    ///   - isMeasured: whether the metrics are told by the caller.
    func send(
        _ window: BatchWindow,
        of batch: BatchRequests,
        deadline: NIODeadline,
        waits: Bool = false,
        isMeasured: Bool = false
    ) async -> WindowResult {
        if let metrics, !isMeasured {
            return await measure(window, of: batch, deadline: deadline, waits: waits, metrics)
        }
        let slot = window.place.slot
        var repetition = Repetition()
        // Whether the requests may have reached the server, and whether sending them will be a retry.
        var (isSent, owesRetry) = (false, false)
        while true {
            let ready: ReadyConnection
            do {
                ready = try await connection(of: slot, deadline: deadline)
            } catch {
                return WindowResult(replies: .failure(error), isSent: isSent)
            }
            var encoded = EncodedRequests()
            var refusals: [Int: NodeFailure] = [:]
            // Of those that are sent, their places in the window; all of them where nothing is refused.
            var sent: [Int] = []
            if batch.areAlike {
                let request = batch[window.indices[0]].request
                encoded = EncodedRequests(request, forEachOf: batch.keys, at: window.indices)
            } else {
                for (place, index) in window.indices.enumerated() {
                    let member = batch[index]
                    if let refusal = ready.refusal(of: member.request, demanding: member.version) {
                        refusals[place] = NodeFailure(error: refusal, mayGoElsewhere: false)
                    } else {
                        encoded.append(member.request)
                        sent.append(place)
                    }
                }
            }
            guard encoded.count > 0 else {
                return WindowResult(replies: .success(([], ready.origin)), refusals: refusals)
            }
            if owesRetry { metrics?.retried(encoded.count) }
            let result = await ready.connection.sendBatch(
                encoded,
                deadline: deadline,
                waits: waits || ready.connection.limits.outgrown(by: encoded)
            )
            switch consume result {
            case .success(var replies):
                noteAnswer()
                if !refusals.isEmpty {
                    for number in replies.indices {
                        replies[number].opaque = UInt32(truncatingIfNeeded: sent[Int(replies[number].opaque)])
                    }
                }
                return WindowResult(replies: .success((replies, ready.origin)), refusals: refusals, isSent: true)
            case .failure(let failure):
                slot.lost(ready.connection, by: failure)
                let first = batch[window.indices[sent.first ?? 0]].request
                owesRetry = failure.mayHaveReachedServer
                isSent = isSent || owesRetry
                if repetition.goesOn(after: failure, first) { continue }
                return WindowResult(
                    replies: .failure(ended(by: failure, first, on: ready)),
                    refusals: refusals,
                    isSent: isSent
                )
            }
        }
    }
}

extension Connection.Limits {
    /// Whether a window was cut by wider bounds: those of a connection that has been replaced since. It waits for room then, whatever the
    /// policy, since its caller could not have known.
    fileprivate func outgrown(by window: EncodedRequests) -> Bool {
        // Over the bounds, a single request has a window of its own.
        window.count > 1 && (window.count >= requests || window.byteCount + FrameHeader.length > bytes)
    }
}
