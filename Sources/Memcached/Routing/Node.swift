import Logging
package import MemcachedFraming
package import NIOCore

/// One server of the fleet, with its fixed number of connections, and the rules of what may be sent twice.
package final class Node: Sendable {
    package let address: ServerAddress
    /// A key's requests always take the same one, and so keep their order.
    package let slots: [ConnectionSlot]
    package let health: NodeHealth
    private let logger: Logger
    private let onEjection: @Sendable (Node) -> Void

    /// - Parameter onEjection: called when the server has failed so often that it is left out.
    package init(
        address: ServerAddress,
        configuration: ClientConfiguration,
        environment: ClientEnvironment,
        onEjection: @escaping @Sendable (Node) -> Void = { _ in }
    ) {
        self.address = address
        self.onEjection = onEjection
        logger = environment.logger
        health = NodeHealth(limit: configuration.ejection?.failures)
        slots = (0..<configuration.connectionsPerServer).map { _ in
            ConnectionSlot(server: address, configuration: configuration, environment: environment)
        }
    }

    /// Keeps a slot connected, and counts what becomes of its attempts.
    package func maintain(_ slot: ConnectionSlot) async {
        await slot.maintain { isConnected in
            if isConnected { self.noteAnswer() } else { self.noteFailure() }
        }
    }

    /// Takes nothing new; what is queued is still sent, and its replies are waited for.
    package func retire() {
        for slot in slots { slot.retire() }
    }

    private func noteAnswer() {
        guard health.answered() else { return }
        logger.info("the server answers again", metadata: ["server": "\(address)"])
    }

    private func noteFailure() {
        guard health.failed() else { return }
        logger.warning("the server is left out, since it failed too often in a row", metadata: ["server": "\(address)"])
        onEjection(self)
    }
}

/// Why a server gave no answer.
package struct NodeFailure: Error {
    package let error: MemcachedError
    /// Whether another server may be asked: nothing has reached this one, or the request only reads.
    package let mayGoElsewhere: Bool
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
    ) async throws(NodeFailure) -> Answer {
        var isSecondTry = false
        while true {
            let ready = try await connection(of: slot, deadline: deadline)
            if let refusal = refusal(of: request, demanding: version, on: ready) {
                throw NodeFailure(error: refusal, mayGoElsewhere: false)
            }
            switch await ready.connection.send(request, deadline: deadline) {
            case .success(let reply):
                noteAnswer()
                return Answer(reply: reply, origin: ready.origin)
            case .failure(let failure):
                if !isSecondTry, failure.allowsRepeating(request) {
                    isSecondTry = true
                    slot.lost(ready.connection)
                    continue
                }
                throw ended(by: failure, request)
            }
        }
    }

    /// Asks for statistics; a refusal is the only reply then.
    package func statistics(_ request: Request, deadline: NIODeadline) async throws(NodeFailure) -> [Reply] {
        let slot = slots[0]
        var isSecondTry = false
        while true {
            let ready = try await connection(of: slot, deadline: deadline)
            switch await ready.connection.sendStatistics(request, deadline: deadline) {
            case .success(let replies):
                noteAnswer()
                return replies
            case .failure(let failure):
                if !isSecondTry, failure.allowsRepeating(request) {
                    isSecondTry = true
                    slot.lost(ready.connection)
                    continue
                }
                throw ended(by: failure, request)
            }
        }
    }

    private func connection(
        of slot: ConnectionSlot,
        deadline: NIODeadline
    ) async throws(NodeFailure) -> ReadyConnection {
        do {
            return try await slot.connection(deadline: deadline)
        } catch {
            throw NodeFailure(error: error, mayGoElsewhere: error.isOutage)
        }
    }

    /// A request has ended without a reply, and is not repeated here.
    private func ended(by failure: RequestFailure, _ request: Request) -> NodeFailure {
        if failure.speaksAgainstServer { noteFailure() }
        return NodeFailure(
            error: failure.error(server: address, isMutation: request.opcode.isMutation),
            mayGoElsewhere: failure.allowsRepeating(request)
        )
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
                    server: address
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
            server: address
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
    package typealias BatchResult = Result<(reply: Reply?, origin: ItemVersion.Origin), NodeFailure>

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
                ready = try await connection(of: slot, deadline: deadline)
            } catch {
                return batch.map { _ in .failure(error) }
            }
            var results: [BatchResult] = batch.map {
                refusal(of: $0.request, demanding: $0.version, on: ready)
                    .map { .failure(NodeFailure(error: $0, mayGoElsewhere: false)) } ?? .success((nil, ready.origin))
            }
            let sent = batch.indices.filter { if case .success = results[$0] { true } else { false } }
            guard !sent.isEmpty else { return results }
            let requests = sent.map { batch[$0].request }
            switch await ready.connection.sendBatch(requests, deadline: deadline) {
            case .success(let replies):
                noteAnswer()
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
                let ending = ended(by: failure, requests[0])
                for index in sent { results[index] = .failure(ending) }
                return results
            }
        }
    }
}

extension RequestFailure {
    /// Whether it is a sign that the server is down or doesn't answer.
    fileprivate var speaksAgainstServer: Bool {
        switch reason {
        case .timedOut: mayHaveReachedServer
        case .closed(.closedHere), .cancelled, .overloaded: false
        case .closed: true
        }
    }

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
