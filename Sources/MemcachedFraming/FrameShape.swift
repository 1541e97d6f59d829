/// What a command's frames may carry, in both directions. Requests are built and checked by it; so are replies.
package struct FrameShape: Sendable, Equatable {
    package enum Presence: Sendable {
        case forbidden, optional, required
    }

    /// Lengths of the request's extras that the server takes.
    package var requestExtras: ClosedRange<Int> = 0...0
    package var requestKey: Presence = .forbidden
    package var requestValue: Presence = .forbidden
    /// Whether a request may name the CAS that it expects. ADD may not: with a matching one the server overwrites.
    package var takesCAS = false
    /// Lengths of the extras in a successful reply.
    package var replyExtras: ClosedRange<Int> = 0...0

    package func takesExtras(ofLength length: Int) -> Bool {
        // The only range with two ends is FLUSH's "0 or 4": nothing lies between.
        length == requestExtras.lowerBound || length == requestExtras.upperBound
    }

    package func repliesWithExtras(ofLength length: Int) -> Bool {
        length == replyExtras.lowerBound || length == replyExtras.upperBound
    }
}

extension Opcode {
    /// The shape of this command's frames; nil for a command that the protocol doesn't have.
    package var shape: FrameShape? {
        switch loudTwin {
        case .get, .getWithKey:
            FrameShape(requestKey: .required, replyExtras: 4...4)
        case .set, .replace:
            FrameShape(requestExtras: 8...8, requestKey: .required, requestValue: .optional, takesCAS: true)
        case .add:
            FrameShape(requestExtras: 8...8, requestKey: .required, requestValue: .optional)
        case .delete:
            FrameShape(requestKey: .required, takesCAS: true)
        case .increment, .decrement:
            FrameShape(requestExtras: 20...20, requestKey: .required, takesCAS: true)
        case .append, .prepend:
            FrameShape(requestKey: .required, requestValue: .optional, takesCAS: true)
        case .flush:
            FrameShape(requestExtras: 0...4)
        case .quit, .noop, .version, .saslListMechanisms:
            FrameShape()
        case .stat:
            FrameShape(requestKey: .optional)
        case .verbosity:
            FrameShape(requestExtras: 4...4)
        case .touch:
            // memcached 1.6 replies to TOUCH with the item's flags; older servers and proxies may not.
            FrameShape(requestExtras: 4...4, requestKey: .required, replyExtras: 0...4)
        case .getAndTouch, .getAndTouchWithKey:
            FrameShape(requestExtras: 4...4, requestKey: .required, replyExtras: 4...4)
        case .saslAuthenticate, .saslStep:
            FrameShape(requestKey: .required, requestValue: .optional)
        case .configGet:
            FrameShape(requestKey: .required, replyExtras: 4...4)
        default:
            nil
        }
    }
}
