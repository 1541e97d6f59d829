package import MemcachedFraming
import NIOCore

extension Cluster {
    /// What a batch's request came to: its reply, nil where a quiet one was not answered.
    package typealias BatchResult = Result<(reply: Reply?, origin: ItemVersion.Origin), MemcachedError>

    /// Sends requests of one command to all their servers at once, and gives each its result, in the order given.
    ///
    /// What goes to one connection goes in windows, of which two are under way at a time: a batch of any size keeps to the
    /// connection's bounds, and is written while its replies are read.
    package func sendBatch(
        _ batch: [(key: ItemKey, request: Node.BatchRequest)],
        timeout: Duration
    ) async -> [BatchResult] {
        let deadline = deadline(after: timeout)
        noteMissedStart()
        var results: [BatchResult?] = Array(repeating: nil, count: batch.count)
        // Of those whose server has failed.
        var routes: [Int: Route] = [:]
        var remaining = Array(batch.indices)
        while !remaining.isEmpty {
            guard routes.isEmpty || clock.now < deadline else {
                // Each round of a large batch takes its time, even where all servers are down.
                for index in remaining { results[index] = .failure(Self.outOfTime(after: routes[index])) }
                break
            }
            var places: [(index: Int, place: Topology.Place)] = []
            places.reserveCapacity(remaining.count)
            let topology = topology
            for index in remaining {
                let route = routes[index] ?? Route(policy: configuration.failurePolicy)
                do throws(MemcachedError) {
                    places.append((index, try route.next(for: batch[index].key, in: topology)))
                } catch {
                    results[index] = .failure(error)
                }
            }
            remaining = []
            for (window, part) in await send(lanes(of: places, in: batch), of: batch, deadline: deadline) {
                for (index, result) in zip(window.indices, part) {
                    switch result {
                    case .success(let answer):
                        results[index] = .success(answer)
                    case .failure(let failure):
                        var route = routes[index] ?? Route(policy: configuration.failurePolicy)
                        if route.goesOn(after: failure, at: window.place.node) {
                            routes[index] = route
                            remaining.append(index)
                        } else {
                            results[index] = .failure(failure.error)
                        }
                    }
                }
            }
            // Servers and windows finish in any order.
            remaining.sort()
        }
        // Each has one; were one missing, all behind it would become another key's.
        return results.map { $0 ?? .failure(Self.withoutResult) }
    }

    private static let withoutResult = MemcachedError(
        .outcomeUnknown,
        "a request of the batch was left without a result; read the item to learn whether it was carried out"
    )

    private static func outOfTime(after route: Route?) -> MemcachedError {
        MemcachedError(
            .timedOut,
            "the deadline passed while another server was looked for; nothing more was sent",
            cause: route?.firstError
        )
    }

    /// Indices into a batch that are sent together.
    private struct Window: Sendable {
        let place: Topology.Place
        var indices: [Int] = []
        var bytes = 0
    }

    /// For each connection that is concerned, its windows in order.
    private func lanes(
        of places: [(index: Int, place: Topology.Place)],
        in batch: [(key: ItemKey, request: Node.BatchRequest)]
    ) -> [[Window]] {
        // By place, in order of appearance: iteration over a hashed collection would differ from run to run.
        var lanes: [[Window]] = []
        var laneOf: [Int: Int] = [:]
        for (index, place) in places {
            let number = place.index * configuration.connectionsPerServer + place.slotIndex
            let lane: Int
            if let known = laneOf[number] {
                lane = known
            } else {
                lane = lanes.count
                laneOf[number] = lane
                lanes.append([Window(place: place)])
            }
            let bytes = batch[index].request.request.frameLength
            let last = lanes[lane].count - 1
            let (count, filled) = (lanes[lane][last].indices.count, lanes[lane][last].bytes)
            if count >= windowRequests || (count > 0 && filled + bytes > windowBytes) {
                lanes[lane].append(Window(place: place, indices: [index], bytes: bytes))
            } else {
                lanes[lane][last].indices.append(index)
                lanes[lane][last].bytes += bytes
            }
        }
        return lanes
    }

    /// With room for the closing NOOP, and for two windows within the connection's bound.
    private var windowRequests: Int {
        max(1, min(configuration.batchWindow, configuration.connection.maximumRequestsInFlight / 2 - 1))
    }

    private var windowBytes: Int {
        let half = configuration.connection.maximumBytesInFlight / 2 - FrameHeader.length
        return max(1, min(configuration.batchWindowBytes, half))
    }

    /// Whether two windows like this one keep to the connection's bounds. One that holds a single large request may not.
    private func fitsTwice(_ window: Window) -> Bool {
        (window.indices.count + 1) * 2 <= configuration.connection.maximumRequestsInFlight
            && (window.bytes + FrameHeader.length) * 2 <= configuration.connection.maximumBytesInFlight
    }

    private func send(
        _ lanes: [[Window]],
        of batch: [(key: ItemKey, request: Node.BatchRequest)],
        deadline: NIODeadline
    ) async -> [(Window, [Node.BatchResult])] {
        if lanes.count == 1, lanes[0].count == 1 {
            // Everything fits into one window of one connection: the caller's own task will do.
            return [(lanes[0][0], await send(lanes[0][0], of: batch, deadline: deadline))]
        }
        return await withTaskGroup(of: [(Window, [Node.BatchResult])].self) { group in
            for lane in lanes {
                group.addTask { await self.send(lane, of: batch, deadline: deadline) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func send(
        _ lane: [Window],
        of batch: [(key: ItemKey, request: Node.BatchRequest)],
        deadline: NIODeadline
    ) async -> [(Window, [Node.BatchResult])] {
        await withTaskGroup(of: (Window, [Node.BatchResult]).self) { group in
            var results: [(Window, [Node.BatchResult])] = []
            var remaining = lane[...]
            func startNext() {
                guard let window = remaining.popFirst() else { return }
                // Where the bounds fail a call, it is the first window that they fail; the others follow it when they can.
                let isFirst = remaining.count == lane.count - 1
                group.addTask {
                    (window, await self.send(window, of: batch, deadline: deadline, waits: !isFirst))
                }
            }
            startNext()
            if lane.allSatisfy(fitsTwice) { startNext() }
            for await result in group {
                results.append(result)
                if let refusal = result.1.refusal {
                    results += remaining.map { window in (window, window.indices.map { _ in .failure(refusal) }) }
                    remaining = []
                }
                startNext()
            }
            return results
        }
    }

    private func send(
        _ window: Window,
        of batch: [(key: ItemKey, request: Node.BatchRequest)],
        deadline: NIODeadline,
        waits: Bool = false
    ) async -> [Node.BatchResult] {
        let requests = window.indices.map { batch[$0].request }
        let (node, slot) = (window.place.node, window.place.slot)
        return await node.sendWindow(requests, on: slot, deadline: deadline, waits: waits)
    }
}

extension [Node.BatchResult] {
    /// Why a window was not let in; nil where it was.
    fileprivate var refusal: NodeFailure? {
        for case .failure(let failure) in self where failure.error.code == .overloaded { return failure }
        return nil
    }
}
