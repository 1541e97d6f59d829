import MemcachedFraming
package import NIOCore

extension Cluster {
    /// Sends requests of one command to all their servers at once, and tells each one's result, in any order.
    ///
    /// What goes to one connection goes in windows, of which two are under way at a time: a batch of any size keeps to the
    /// connection's bounds, and is written while its replies are read.
    ///
    /// - Parameter isTraced: whether the caller has a span of it.
    package func sendBatch(
        _ batch: BatchRequests,
        timeout: TimeAmount,
        isTraced: Bool = false,
        _ receive: (_ index: Int, _ result: consuming BatchResult) -> Void
    ) async {
        if let observation, observation.isTracing, !isTraced {
            return await trace(batch, timeout: timeout, observation, receive)
        }
        let deadline = now + timeout
        noteMissedStart()
        // Of those whose server has failed.
        var routes: [Int: Route] = [:]
        var retries: [Int: OwedRetry] = [:]
        var remaining = Array(batch.keys.indices)
        while !remaining.isEmpty {
            guard routes.isEmpty || clock.now < deadline else {
                // Each round of a large batch takes its time, even where all servers are down.
                for index in remaining { receive(index, .failure(Self.outOfTime(after: routes[index]))) }
                break
            }
            let lanes = lanes(for: remaining, of: batch, routes, receive)
            remaining = []
            var parts = await send(lanes, of: batch, deadline: deadline)
            while let (window, result) = parts.popLast() {
                let isSent = result.isSent
                if isSent, !retries.isEmpty {
                    for (place, index) in window.indices.enumerated() where result.refusals[place] == nil {
                        retries[index]?.count()
                    }
                }
                result.handOut(for: window) { index, result in
                    // An answer is passed on as it is: taken out, it would be copied.
                    if case .failure(let failure) = result {
                        var route = routes[index] ?? Route(policy: topology.configuration.failurePolicy)
                        if route.goesOn(after: failure, at: window.place.node) {
                            routes[index] = route
                            remaining.append(index)
                            // Where the server was taken off the list before it was sent anything, nothing is sent again.
                            if isSent || failure.error.code != .serverRemoved {
                                retries[index, default: OwedRetry()].owe(window.place.node.metrics)
                            }
                            return
                        }
                    }
                    receive(index, consume result)
                }
            }
            // Servers and windows finish in any order.
            remaining.sort()
        }
    }

    /// Divides what remains of a batch among the connections. What has nowhere to go has its result.
    private func lanes(
        for remaining: [Int],
        of batch: BatchRequests,
        _ routes: [Int: Route],
        _ receive: (_ index: Int, _ result: consuming BatchResult) -> Void
    ) -> [BatchLane] {
        let topology = topology
        let start = Route(policy: topology.configuration.failurePolicy)
        let headLength = batch.areAlike ? batch[0].request.frameLength - batch.keys[0].length : 0
        var lanes = BatchLanes(topology.configuration)
        func bytes(_ index: Int) -> Int {
            batch.areAlike ? headLength + batch.keys[index].length : batch[index].request.frameLength
        }
        // With one connection all go where the first one goes.
        if topology.hasOnePlace, routes.isEmpty, let place = try? start.next(for: batch.keys[0], in: topology) {
            lanes.add(remaining, bytes: bytes, at: place)
            return lanes.lanes
        }
        for index in remaining {
            do throws(MemcachedError) {
                let place = try (routes[index] ?? start).next(for: batch.keys[index], in: topology)
                lanes.add(index, bytes: bytes(index), at: place)
            } catch {
                receive(index, .failure(NodeFailure(error: error, mayGoElsewhere: false)))
            }
        }
        return lanes.lanes
    }

    private static func outOfTime(after route: Route?) -> NodeFailure {
        let error = MemcachedError(
            .timedOut,
            "the deadline passed while another server was looked for; nothing more was sent",
            cause: route?.firstError
        )
        return NodeFailure(error: error, mayGoElsewhere: false)
    }

    private func send(
        _ lanes: [BatchLane],
        of batch: BatchRequests,
        deadline: NIODeadline
    ) async -> [(BatchWindow, WindowResult)] {
        // The caller's own task will do for one connection.
        if lanes.count == 1 { return await send(lanes[0], of: batch, deadline: deadline) }
        return await withTaskGroup(of: [(BatchWindow, WindowResult)].self) { group in
            for lane in lanes {
                group.addTask { await self.send(lane, of: batch, deadline: deadline) }
            }
            return await group.reduce(into: []) { $0 += $1 }
        }
    }

    private func send(
        _ lane: BatchLane,
        of batch: BatchRequests,
        deadline: NIODeadline
    ) async -> [(BatchWindow, WindowResult)] {
        let windows = lane.windows
        if windows.count == 1 {
            return [(windows[0], await windows[0].place.node.send(windows[0], of: batch, deadline: deadline))]
        }
        return await withTaskGroup(of: (BatchWindow, WindowResult).self) { group in
            var results: [(BatchWindow, WindowResult)] = []
            var remaining = windows[...]
            func startNext() {
                guard let window = remaining.popFirst() else { return }
                // Where the bounds fail a call, it is the first window that they fail; the others follow it when they can.
                let isFirst = remaining.count == windows.count - 1
                group.addTask {
                    let node = window.place.node
                    return (window, await node.send(window, of: batch, deadline: deadline, waits: !isFirst))
                }
            }
            startNext()
            if lane.fitsTwice { startNext() }
            for await result in group {
                results.append(result)
                if let overload = result.1.overload {
                    results += remaining.map { ($0, WindowResult(replies: .failure(overload))) }
                    remaining = []
                }
                startNext()
            }
            return results
        }
    }
}
