import MemcachedFraming

extension RequestFailure {
    /// The error that a caller sees. A mutation that the server may have seen has an unknown outcome, whatever ended the wait.
    ///
    /// - Parameter concernsItem: whether there is an item that tells what the outcome was.
    package func error(server: ServerAddress, isMutation: Bool, concernsItem: Bool = true) -> MemcachedError {
        guard isMutation, mayHaveReachedServer else { return plainError(server: server) }
        return MemcachedError(
            .outcomeUnknown,
            "the request was sent, then \(whatHappened); the server may have carried it out or may still do so"
                + (concernsItem ? ". Read the item to learn which" : ""),
            server: server,
            cause: plainError(server: server)
        )
    }

    private var whatHappened: String {
        switch reason {
        case .cancelled: "its task was cancelled"
        case .timedOut: "its deadline passed"
        case .overloaded: "it was refused"
        case .repliesTooLarge: "what it brought was too much"
        case .closed: "its connection ended"
        }
    }

    private func plainError(server: ServerAddress) -> MemcachedError {
        switch reason {
        case .cancelled:
            MemcachedError(.cancelled, "the task was cancelled", server: server)
        case .timedOut:
            MemcachedError(
                .timedOut,
                mayHaveReachedServer
                    ? "no reply before the deadline"
                    : "the deadline passed before the request could be sent; nothing was sent",
                server: server
            )
        case .overloaded:
            MemcachedError(
                .overloaded,
                "the bound on requests or bytes in flight is reached; send less at once, or raise maximumRequestsInFlight "
                    + "or maximumBytesInFlight",
                server: server
            )
        case .repliesTooLarge(let limit):
            MemcachedError(
                .valueTooLarge,
                "the values that were asked for together have more than \(limit) bytes; ask for fewer keys at a time, or raise "
                    + "maximumBatchReplyBytes",
                server: server
            )
        case .closed(let reason):
            reason.error(server: server)
        }
    }
}

extension CloseReason {
    package func error(server: ServerAddress) -> MemcachedError {
        switch self {
        case .closedHere:
            MemcachedError(.connectionLost, "this client closed the connection", server: server)
        case .closedByPeer:
            MemcachedError(.connectionLost, "the server closed the connection", server: server)
        case .stalled:
            MemcachedError(
                .connectionLost,
                "the server sent no reply for as long as stallTimeout allows while replies were due; the connection was closed",
                server: server
            )
        case .failed(let failure as TLSFailure):
            MemcachedError(.connectionLost, "TLS failed: \(failure.reason)", server: server, cause: failure.cause)
        case .failed(let error):
            MemcachedError(.connectionLost, "the connection failed", server: server, cause: error)
        case .framing(.text(let line)):
            MemcachedError(
                .protocolViolation,
                Self.meaning(ofText: line, quoted: " ('\(line)')"),
                redactedMessage: Self.meaning(ofText: line, quoted: ""),
                server: server,
                cause: FramingError.text(line)
            )
        case .framing(let error):
            MemcachedError(
                .protocolViolation,
                "what the server sent is not memcached's binary protocol: \(error)",
                server: server,
                cause: error
            )
        case .protocolViolation(let what):
            MemcachedError(.protocolViolation, "the server broke the protocol: \(what)", server: server)
        }
    }

    private static func meaning(ofText line: String, quoted: String) -> String {
        if line.contains("Too many open connections") {
            return "the server has no connection free\(quoted); raise its limit (-c), or use fewer connections"
        }
        return "the server answered in text\(quoted): it takes no binary protocol, as with -B ascii or -Y, "
            + "or it is no memcached. Start it without these options"
    }
}
