package import MemcachedFraming

/// What a batch's request came to. Not a `Result`: what is in one is copied where it is taken out.
package enum BatchResult: Sendable {
    case answer(BatchAnswer)
    case failure(NodeFailure)
}

/// What came of the requests of a window.
package struct WindowResult: Sendable {
    /// The replies in order, each with the place of its request in the window as its opaque; or why there are none.
    package var replies: Result<(replies: [Reply], origin: ItemVersion.Origin), NodeFailure>
    /// By place in the window, those that were not sent.
    package var refusals: [Int: NodeFailure] = [:]
    /// Whether the others may have reached the server.
    var isSent = false

    /// Hands out the result of each request of the window, with its index in the batch, from the last one to the first: each reply is
    /// taken off the end, and so not copied.
    consuming func handOut(for window: BatchWindow, _ body: (Int, consuming BatchResult) -> Void) {
        let refusals = refusals
        switch replies {
        case .success((var replies, let origin)):
            for place in window.indices.indices.reversed() {
                let index = window.indices[place]
                if let last = replies.last?.opaque, Int(last) == place {
                    body(index, .answer(.reply(replies.removeLast(), from: origin)))
                } else if let refusal = refusals[place] {
                    body(index, .failure(refusal))
                } else {
                    body(index, .answer(.silence(of: origin)))
                }
            }
        case .failure(let failure):
            for (place, index) in window.indices.enumerated() { body(index, .failure(refusals[place] ?? failure)) }
        }
    }

    /// Why there are no replies; nil where there are.
    var failure: NodeFailure? {
        if case .failure(let failure) = replies { failure } else { nil }
    }

    /// Why the window was not let in; nil where it was.
    var overload: NodeFailure? {
        if let failure, failure.error.code == .overloaded { failure } else { nil }
    }
}
