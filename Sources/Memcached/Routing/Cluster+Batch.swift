package import MemcachedFraming
import NIOCore

extension Cluster {
    /// Sends requests of one command to all their servers at once, and gives each its result, in the order given.
    ///
    /// What goes to one connection goes in windows, of which two are under way at a time: a batch of any size keeps to the
    /// connection's bounds, and is written while its replies are read.
    package func sendBatch(
        _ batch: [(key: ItemKey, request: Node.BatchRequest)],
        timeout: Duration
    ) async -> [Node.BatchResult] {
        let deadline = deadline(after: timeout)
        noteMissedStart()
        let lanes = windows(of: batch)
        if lanes.count == 1, lanes[0].count == 1 {
            // Everything fits into one window of one connection, so that the results are in order already.
            return await send(lanes[0][0], of: batch, deadline: deadline)
        }
        return await withTaskGroup(of: [(Int, Node.BatchResult)].self) { group in
            for lane in lanes {
                group.addTask { await self.sendWindows(lane, of: batch, deadline: deadline) }
            }
            var results: [(Int, Node.BatchResult)] = []
            results.reserveCapacity(batch.count)
            for await part in group { results += part }
            // Servers and windows finish in any order.
            return results.sorted { $0.0 < $1.0 }.map(\.1)
        }
    }

    /// Indices into a batch that are sent together.
    private struct Window: Sendable {
        let place: Place
        var indices: [Int] = []
        var bytes = 0
    }

    /// For each connection that is concerned, its windows in order.
    private func windows(of batch: [(key: ItemKey, request: Node.BatchRequest)]) -> [[Window]] {
        // By place, in order of appearance: iteration over a hashed collection would differ from run to run.
        var lanes: [[Window]] = []
        var laneOf: [Int: Int] = [:]
        for index in batch.indices {
            let place = place(of: batch[index].key)
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

    private func sendWindows(
        _ windows: [Window],
        of batch: [(key: ItemKey, request: Node.BatchRequest)],
        deadline: NIODeadline
    ) async -> [(Int, Node.BatchResult)] {
        await withTaskGroup(of: (Window, [Node.BatchResult]).self) { group in
            var results: [(Int, Node.BatchResult)] = []
            var remaining = windows[...]
            func startNext() {
                guard let window = remaining.popFirst() else { return }
                group.addTask { (window, await self.send(window, of: batch, deadline: deadline)) }
            }
            startNext()
            if windows.allSatisfy(fitsTwice) { startNext() }
            for await (window, part) in group {
                results += zip(window.indices, part)
                startNext()
            }
            return results
        }
    }

    private func send(
        _ window: Window,
        of batch: [(key: ItemKey, request: Node.BatchRequest)],
        deadline: NIODeadline
    ) async -> [Node.BatchResult] {
        let requests = window.indices.map { batch[$0].request }
        return await window.place.node.sendWindow(requests, on: window.place.slot, deadline: deadline)
    }
}
