package import MemcachedFraming
package import NIOCore
import Tracing

/// The span of one call, from its start to its end.
package struct CallSpan: Sendable {
    private let span: any Span
    private let showsKeys: Bool

    init(_ span: any Span, showsKeys: Bool) {
        self.span = span
        self.showsKeys = showsKeys
    }

    /// The most keys of a batch that are named.
    static let mostKeys = 100

    func describe(_ name: OperationName, keys: [ItemKey]) {
        guard span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes[AttributeName.system] = AttributeName.memcached
            attributes[AttributeName.operation] = "\(name)"
            // A batch of one is none.
            if keys.count > 1 { attributes[AttributeName.batchSize] = keys.count }
            guard showsKeys, let first = keys.first else { return }
            if keys.count == 1 {
                attributes[AttributeName.key] = "\(first)"
            } else {
                attributes[AttributeName.keys] = keys.prefix(Self.mostKeys).map { "\($0)" }
            }
        }
    }

    /// The server that is asked, or has answered.
    package func setServer(_ server: ServerAddress) {
        guard span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes[AttributeName.serverAddress] = server.hostName
            attributes[AttributeName.serverPort] = server.portNumber
        }
    }

    /// Which of the addresses behind the server's name has answered; of a Unix socket its path.
    package func setPeer(_ peer: SocketAddress?) {
        guard let peer, span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes[AttributeName.peerAddress] = peer.ipAddress ?? peer.pathname
            attributes[AttributeName.peerPort] = peer.port
        }
    }

    /// What the server said, where that was no success.
    package func setStatus(_ status: Status) {
        guard status != .success, span.isRecording else { return }
        span.attributes[AttributeName.status] = status.code
    }

    /// How far an update has come.
    package func setProgress(attempts: Int, conflicts: Int) {
        guard span.isRecording else { return }
        span.updateAttributes { attributes in
            attributes[AttributeName.attempts] = attempts
            attributes[AttributeName.conflicts] = conflicts
        }
    }

    /// Runs `body` inside of the span: spans that it starts are parts of this one.
    package func run<Result>(_ body: () async throws -> Result) async rethrows -> Result {
        try await ServiceContext.$current.withValue(span.context) { try await body() }
    }

    /// The call is done.
    ///
    /// - Parameter error: why it failed. Of one that is not the client's own the type alone is told, since its text may quote a value.
    package func end(error: (any Error)? = nil) {
        defer { span.end() }
        guard let error, span.isRecording else { return }
        guard let known = error as? MemcachedError else {
            span.attributes[AttributeName.errorType] = "\(type(of: error))"
            span.setStatus(SpanStatus(code: .error))
            return
        }
        let shown = showsKeys ? known : known.redacted
        span.attributes[AttributeName.errorType] = "\(shown.code)"
        span.recordError(shown)
        span.setStatus(SpanStatus(code: .error, message: shown.message))
    }
}
