import Memcached

extension CommandStatus {
    init(_ error: MemcachedError) {
        switch error.code {
        case .timedOut: self = .timedOut
        case .connectionFailed, .connectionLost, .overloaded, .clientClosed, .cancelled: self = .unreachable
        case .protocolViolation: self = .brokenProtocol
        case .authenticationRequired, .authenticationFailed: self = .unauthenticated
        case .tooManyConflicts: self = .conflict
        case .invalidArgument: self = .usage
        // What ended the wait decides.
        case .outcomeUnknown: self = (error.cause as? MemcachedError).map(CommandStatus.init) ?? .unreachable
        // The value, the key or the version, or what is stored, as this server takes it.
        default: self = .refusedInput
        }
    }
}
