/// What a command's frames may carry, in both directions. Requests are built and checked by it; so are replies.
package struct FrameShape: Sendable, Equatable {
    package enum Presence: Sendable {
        case forbidden, optional, required
    }

    package enum RequestExtras: Sendable {
        case none, storage, counter, expiration, optionalDelay, verbosity
    }

    /// The extras of a successful reply; an error's has none.
    package enum ReplyExtras: Sendable {
        case none, flags, optionalFlags
    }

    package var requestExtras: RequestExtras = .none
    package var requestKey: Presence = .forbidden
    package var requestValue: Presence = .forbidden
    /// Whether a request may name the CAS that it expects. ADD may not: with a matching one the server overwrites.
    package var takesCAS = false
    package var replyExtras: ReplyExtras = .none

    package func takesExtras(ofLength length: Int) -> Bool {
        switch requestExtras {
        case .none: length == 0
        case .storage: length == 8
        case .counter: length == 20
        case .expiration, .verbosity: length == 4
        case .optionalDelay: length == 0 || length == 4
        }
    }

    package func repliesWithExtras(ofLength length: Int) -> Bool {
        switch replyExtras {
        case .none: length == 0
        case .flags: length == 4
        case .optionalFlags: length == 0 || length == 4
        }
    }
}

extension Opcode {
    /// The shape of this command's frames; nil for a command that the protocol doesn't have.
    package var shape: FrameShape? {
        switch loudTwin {
        case .get, .getWithKey:
            FrameShape(requestKey: .required, replyExtras: .flags)
        case .set, .replace:
            FrameShape(requestExtras: .storage, requestKey: .required, requestValue: .optional, takesCAS: true)
        case .add:
            FrameShape(requestExtras: .storage, requestKey: .required, requestValue: .optional)
        case .delete:
            FrameShape(requestKey: .required, takesCAS: true)
        case .increment, .decrement:
            FrameShape(requestExtras: .counter, requestKey: .required, takesCAS: true)
        case .append, .prepend:
            FrameShape(requestKey: .required, requestValue: .optional, takesCAS: true)
        case .flush:
            FrameShape(requestExtras: .optionalDelay)
        case .quit, .noop, .version, .saslListMechanisms:
            FrameShape()
        case .stat:
            FrameShape(requestKey: .optional)
        case .verbosity:
            FrameShape(requestExtras: .verbosity)
        case .touch:
            // memcached 1.6 replies to TOUCH with the item's flags; older servers and proxies may not.
            FrameShape(requestExtras: .expiration, requestKey: .required, replyExtras: .optionalFlags)
        case .getAndTouch, .getAndTouchWithKey:
            FrameShape(requestExtras: .expiration, requestKey: .required, replyExtras: .flags)
        case .saslAuthenticate, .saslStep:
            FrameShape(requestKey: .required, requestValue: .optional)
        case .configGet:
            FrameShape(requestKey: .required, replyExtras: .flags)
        default:
            nil
        }
    }

    /// Every command of the protocol, quiet ones included.
    package static let all: [Opcode] = (0...UInt8.max).map(Opcode.init(rawValue:)).filter { $0.shape != nil }
}
