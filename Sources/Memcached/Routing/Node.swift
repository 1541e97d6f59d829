package import MemcachedFraming
package import NIOCore

/// One server of the fleet, with its fixed number of connections, and the rules of what may be sent twice.
package final class Node: Sendable {
    package let server: MemcachedServer
    /// A key's requests always take the same one, and so keep their order.
    package let slots: [ConnectionSlot]

    package init(server: MemcachedServer, configuration: ClientConfiguration, environment: ClientEnvironment) {
        self.server = server
        slots = (0..<configuration.connectionsPerServer).map { _ in
            ConnectionSlot(server: server.address, configuration: configuration, environment: environment)
        }
    }
}

extension Node {
    /// A reply, and where it came from.
    package struct Answer: Sendable {
        package let reply: Reply
        package let origin: ItemVersion.Origin
    }

    /// Sends one request. Tries once more, on a new connection, where the first one ended before the request was written, or
    /// where the command only reads.
    package func send(
        _ request: Request,
        on slot: ConnectionSlot,
        demanding version: ItemVersion? = nil,
        deadline: NIODeadline
    ) async throws(MemcachedError) -> Answer {
        var isSecondTry = false
        while true {
            let ready = try await slot.connection(deadline: deadline)
            if let refusal = refusal(of: request, demanding: version, on: ready) { throw refusal }
            switch await ready.connection.send(request, deadline: deadline) {
            case .success(let reply):
                return Answer(reply: reply, origin: ready.origin)
            case .failure(let failure):
                if !isSecondTry, failure.allowsRepeating(request) {
                    isSecondTry = true
                    slot.lost(ready.connection)
                    continue
                }
                throw failure.error(server: server.address, isMutation: request.opcode.isMutation)
            }
        }
    }

    /// Asks for statistics; a refusal is the only reply then.
    package func statistics(_ request: Request, deadline: NIODeadline) async throws(MemcachedError) -> [Reply] {
        let slot = slots[0]
        var isSecondTry = false
        while true {
            let ready = try await slot.connection(deadline: deadline)
            switch await ready.connection.sendStatistics(request, deadline: deadline) {
            case .success(let replies):
                return replies
            case .failure(let failure):
                if !isSecondTry, failure.allowsRepeating(request) {
                    isSecondTry = true
                    slot.lost(ready.connection)
                    continue
                }
                throw failure.error(server: server.address, isMutation: false)
            }
        }
    }

    /// Why a request must not be sent on that connection; nil where it may.
    private func refusal(
        of request: Request,
        demanding version: ItemVersion?,
        on ready: ReadyConnection
    ) -> MemcachedError? {
        if let version {
            // Without CAS the server takes any version for the right one, and overwrites.
            guard ready.properties.isCASEnabled else {
                return MemcachedError(
                    .versionUnusable,
                    "the server keeps no versions, since it was started with -C; nothing was sent",
                    server: server.address
                )
            }
            if let error = version.unusable(at: ready.origin) { return error }
        }
        guard let extras = request.storedFlags, let key = request.key else { return nil }
        let limit = ready.properties.maximumValueLength(keyLength: key.length, hasFlags: extras != 0)
        guard request.value.readableBytes > limit else { return nil }
        return MemcachedError(
            .valueTooLarge,
            "the value has \(request.value.readableBytes) bytes; under this key the server takes at most \(max(limit, 0)). "
                + "Nothing was sent. Compress the value, split it, or raise the server's item size (-I)",
            server: server.address
        )
    }
}

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
    package typealias BatchResult = Result<(reply: Reply?, origin: ItemVersion.Origin), MemcachedError>

    /// Sends requests of one command together, small enough for one window, and gives each its result.
    package func sendWindow(
        _ batch: [BatchRequest],
        on slot: ConnectionSlot,
        deadline: NIODeadline
    ) async -> [BatchResult] {
        var isSecondTry = false
        while true {
            let ready: ReadyConnection
            do {
                ready = try await slot.connection(deadline: deadline)
            } catch {
                return batch.map { _ in .failure(error) }
            }
            var results: [BatchResult] = batch.map {
                refusal(of: $0.request, demanding: $0.version, on: ready).map { .failure($0) }
                    ?? .success((nil, ready.origin))
            }
            let sent = batch.indices.filter { if case .success = results[$0] { true } else { false } }
            guard !sent.isEmpty else { return results }
            let requests = sent.map { batch[$0].request }
            switch await ready.connection.sendBatch(requests, deadline: deadline) {
            case .success(let replies):
                for reply in replies {
                    results[sent[Int(reply.opaque)]] = .success((reply, ready.origin))
                }
                return results
            case .failure(let failure):
                if !isSecondTry, failure.allowsRepeating(requests[0]) {
                    isSecondTry = true
                    slot.lost(ready.connection)
                    continue
                }
                let error = failure.error(server: server.address, isMutation: requests[0].opcode.isMutation)
                for index in sent { results[index] = .failure(error) }
                return results
            }
        }
    }
}

extension RequestFailure {
    /// Only what never reached the server, or what only reads, may be sent again.
    fileprivate func allowsRepeating(_ request: Request) -> Bool {
        guard case .closed(let reason) = reason else { return false }
        if !mayHaveReachedServer { return true }
        switch reason {
        case .closedHere, .closedByPeer, .failed: return request.opcode.onlyReads
        // A peer that breaks the protocol or has stalled would do so again.
        case .stalled, .framing, .protocolViolation: return false
        }
    }
}

extension Request {
    /// The flags, of a request that stores a whole value.
    fileprivate var storedFlags: UInt32? {
        if case .storage(let flags, _) = extras { flags } else { nil }
    }
}

extension Opcode {
    package var onlyReads: Bool {
        switch loudTwin {
        case .get, .getWithKey, .stat, .version, .noop: true
        default: false
        }
    }

    package var isMutation: Bool { !onlyReads }
}
