package import MemcachedFraming

/// What went wrong: an outage, a refusal, a broken protocol or wrong input. Never a miss, which is nil, and never a lost race,
/// which is an outcome such as ``StoreOutcome/conflict``.
public struct MemcachedError: Error, Sendable {
    private final class Storage: Sendable {
        let code: Code
        let message: String
        let redactedMessage: String?
        let server: ServerAddress?
        let key: String?
        let cause: (any Error)?

        init(
            code: Code,
            message: String,
            redactedMessage: String?,
            server: ServerAddress?,
            key: String?,
            cause: (any Error)?
        ) {
            self.code = code
            self.message = message
            self.redactedMessage = redactedMessage
            self.server = server
            self.key = key
            self.cause = cause
        }
    }

    private let storage: Storage

    /// - Parameter redactedMessage: the message without what it quotes of a key's prefix, of a value or of what a server says; nil where
    ///   it quotes nothing of them.
    package init(
        _ code: Code,
        _ message: String,
        redactedMessage: String? = nil,
        server: ServerAddress? = nil,
        key: String? = nil,
        cause: (any Error)? = nil
    ) {
        storage = Storage(
            code: code,
            message: message,
            redactedMessage: redactedMessage,
            server: server,
            key: key,
            cause: cause
        )
    }

    /// What kind of failure this is.
    public var code: Code { storage.code }

    /// What happened and what to do about it, in words. It names neither the key nor any value, but may quote a key's prefix, the
    /// names of a value's fields and its own keys, and a line of text that a server sent.
    public var message: String { storage.message }

    /// The server that the failure concerns, where it concerns one.
    public var server: ServerAddress? { storage.server }

    /// The key, prefix included, that the failure concerns, where it concerns one.
    public var key: String? { storage.key }

    /// The error underneath, such as an `IOError` or a `DecodingError`.
    public var cause: (any Error)? { storage.cause }

    /// The same error without its key and without what its message quotes, for logs that must hold nothing of keys or values. Of its
    /// causes it keeps those that are `MemcachedError`s, redacted as well.
    ///
    /// With ``ClientConfiguration/redactsKeysAndValues`` every error is so from the start.
    public var redacted: MemcachedError {
        MemcachedError(
            code,
            storage.redactedMessage ?? message,
            server: server,
            cause: (cause as? MemcachedError)?.redacted
        )
    }
}

extension MemcachedError {
    /// An error that concerns a key. Where that is secret, the error is redacted.
    package init(
        _ code: Code,
        _ message: String,
        redactedMessage: String? = nil,
        server: ServerAddress? = nil,
        key: ItemKey,
        cause: (any Error)? = nil
    ) {
        self = MemcachedError(code, message, redactedMessage: redactedMessage, server: server, cause: cause)
            .naming(key: key)
    }

    /// The same error, naming a key; redacted where that is secret.
    package func naming(key: ItemKey) -> MemcachedError {
        guard !key.isSecret else { return redacted }
        return MemcachedError(
            code,
            message,
            redactedMessage: storage.redactedMessage,
            server: server,
            key: "\(key)",
            cause: cause
        )
    }

    /// The same error, with other words before its own.
    package func preceded(by words: String) -> MemcachedError {
        MemcachedError(
            code,
            words + message,
            redactedMessage: storage.redactedMessage.map { words + $0 },
            server: server,
            key: key,
            cause: cause
        )
    }
}

extension MemcachedError {
    /// A kind of failure.
    ///
    /// Later versions may add kinds, so that a `switch` over them needs a `default`.
    public struct Code: Hashable, Sendable, CustomStringConvertible {
        private enum Name: String, Sendable {
            case cancelled, timedOut, outcomeUnknown, versionUnusable, clientClosed
            case connectionFailed, connectionLost, overloaded, protocolViolation
            case authenticationRequired, authenticationFailed
            case invalidKey, invalidArgument, valueTooLarge, notANumber
            case outOfMemory, refused, undecodable, unencodable, tooManyConflicts
            case serverRemoved
        }

        private let name: Name

        /// The name of the kind, as in `timedOut`.
        public var description: String { name.rawValue }

        /// The task was cancelled before the request was sent, or while a read was under way.
        public static let cancelled = Code(name: .cancelled)
        /// The deadline passed before the request was sent, or while a read was under way.
        public static let timedOut = Code(name: .timedOut)
        /// A mutation was sent, and then it was cancelled, timed out or lost its connection: the server may have carried it out, may
        /// still do so, or may not.
        public static let outcomeUnknown = Code(name: .outcomeUnknown)
        /// The version can't be compared on this server: it is of another server or from before a restart, or the server keeps no CAS.
        public static let versionUnusable = Code(name: .versionUnusable)
        /// The client has been shut down.
        public static let clientClosed = Code(name: .clientClosed)
        /// The server can't be reached, or doesn't complete the handshake.
        public static let connectionFailed = Code(name: .connectionFailed)
        /// The connection ended before the reply came. Nothing was changed on the server.
        public static let connectionLost = Code(name: .connectionLost)
        /// The bound on requests or bytes in flight is reached, and the configuration says to fail rather than to wait.
        public static let overloaded = Code(name: .overloaded)
        /// The peer sent something that the binary protocol doesn't allow. The connection was closed.
        public static let protocolViolation = Code(name: .protocolViolation)
        /// The server wants authentication, and none is configured.
        public static let authenticationRequired = Code(name: .authenticationRequired)
        /// The server refused the credentials, offers no mechanism that may be used, has no authentication at all, or can't prove that
        /// it knows the password. The message says which.
        public static let authenticationFailed = Code(name: .authenticationFailed)
        /// The key is empty or too long, or its prefix no valid one. Nothing was sent.
        public static let invalidKey = Code(name: .invalidKey)
        /// A parameter is out of its range. Nothing was sent.
        public static let invalidArgument = Code(name: .invalidArgument)
        /// The value doesn't fit into an item of this server. Where the client knew, nothing was sent; a SET that the server refused so has
        /// dropped the item that was there. Of a batch of gets: the values together are more than
        /// ``ConnectionConfiguration/maximumBatchReplyBytes``.
        public static let valueTooLarge = Code(name: .valueTooLarge)
        /// An increment or decrement met a value that is no decimal number.
        public static let notANumber = Code(name: .notANumber)
        /// The server has no memory left for the item. A SET that it refused so has dropped the item that was there.
        public static let outOfMemory = Code(name: .outOfMemory)
        /// The server answered with an error that the client doesn't expect from this command.
        public static let refused = Code(name: .refused)
        /// The stored bytes can't be decoded by the dictionary's codec.
        public static let undecodable = Code(name: .undecodable)
        /// The value can't be encoded by the dictionary's codec. Nothing was sent.
        public static let unencodable = Code(name: .unencodable)
        /// An update met another writer's store at each of its attempts. Nothing was stored.
        public static let tooManyConflicts = Code(name: .tooManyConflicts)
        /// The server was taken off the list before anything was sent to it. The client then asks the key's new server.
        package static let serverRemoved = Code(name: .serverRemoved)
    }
}

extension MemcachedError: CustomStringConvertible {
    /// The code, the message, and the server, key and cause where they are known.
    public var description: String {
        var text = "\(code): \(message)"
        if let server { text += " (server \(server))" }
        if let key { text += " (key '\(key)')" }
        if let cause { text += " (cause: \(cause))" }
        return text
    }
}
