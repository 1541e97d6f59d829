import MemcachedFraming

/// A part of a batch that is sent together.
struct BatchWindow: Sendable {
    let place: Topology.Place
    /// Of its requests within the batch.
    var indices: [Int]
    var bytes: Int
}

/// What goes to one connection: its windows in order.
struct BatchLane: Sendable {
    fileprivate(set) var windows: [BatchWindow] = []
    fileprivate let bounds: BatchBounds

    /// Whether of its windows any two keep to the connection's bounds. One that holds a single large request may not.
    var fitsTwice: Bool { windows.allSatisfy(bounds.fitsTwice) }
}

/// How a batch is divided: for each connection that is concerned a lane.
struct BatchLanes {
    private(set) var lanes: [BatchLane] = []
    private let windowRequests: Int
    private let windowBytes: Int
    private let limits: Connection.Limits
    private let connectionsPerServer: Int
    /// By the number of the connection. It is only looked up: lanes stand in order of appearance.
    private var laneOf: [Int: Int] = [:]
    /// Where the last request went: that of most, with few connections.
    private var last: (connection: Int, lane: Int)?

    init(_ configuration: ClientConfiguration) {
        windowRequests = configuration.batchWindow
        windowBytes = configuration.batchWindowBytes
        limits = Connection.Limits(configuration.connection)
        connectionsPerServer = configuration.connectionsPerServer
    }

    /// Adds the request with that index, of so many bytes.
    mutating func add(_ index: Int, bytes: Int, at place: Topology.Place) {
        let lane = lane(of: place)
        let end = lanes[lane].windows.count - 1
        if end >= 0, lanes[lane].bounds.admits(bytes, to: lanes[lane].windows[end]) {
            lanes[lane].windows[end].indices.append(index)
            lanes[lane].windows[end].bytes += bytes
        } else {
            lanes[lane].windows.append(BatchWindow(place: place, indices: [index], bytes: bytes))
        }
    }

    /// Adds requests that all go to the same connection, of so many bytes each.
    mutating func add(_ indices: [Int], bytes: (Int) -> Int, at place: Topology.Place) {
        let total = indices.reduce(0) { $0 + bytes($1) }
        let lane = lane(of: place)
        if lanes[lane].windows.isEmpty, let window = lanes[lane].bounds.window(of: indices, bytes: total, at: place) {
            lanes[lane].windows = [window]
        } else {
            for index in indices { add(index, bytes: bytes(index), at: place) }
        }
    }

    private mutating func lane(of place: Topology.Place) -> Int {
        let connection = place.index * connectionsPerServer + place.slotIndex
        if let last, last.connection == connection { return last.lane }
        let lane = laneOf[connection] ?? lanes.count
        if lane == lanes.count {
            laneOf[connection] = lane
            // A connection that was made by other settings goes on serving until its successor is there.
            let limits = place.slot.current?.connection.limits ?? limits
            lanes.append(BatchLane(bounds: BatchBounds(limits, requests: windowRequests, bytes: windowBytes)))
        }
        last = (connection, lane)
        return lane
    }
}

/// How large windows are: two of them, each with its closing NOOP, keep to a connection's bounds.
private struct BatchBounds: Sendable {
    private let requests: Int
    private let bytes: Int
    private let limits: Connection.Limits

    /// - Parameters:
    ///   - requests: the most of a window, as it is configured.
    ///   - bytes: the most of a window, as it is configured.
    init(_ limits: Connection.Limits, requests: Int, bytes: Int) {
        self.limits = limits
        self.requests = max(1, min(requests, limits.requests / 2 - 1))
        self.bytes = max(1, min(bytes, limits.bytes / 2 - FrameHeader.length))
    }

    /// Whether a window has room for so many bytes more, in one request. Over the bounds, a request has a window of its own.
    func admits(_ more: Int, to window: BatchWindow) -> Bool {
        window.indices.count < requests && window.bytes + more <= bytes
    }

    /// A window of all of these requests, where they fit.
    func window(of indices: [Int], bytes total: Int, at place: Topology.Place) -> BatchWindow? {
        guard (1...requests).contains(indices.count), total <= bytes else { return nil }
        return BatchWindow(place: place, indices: indices, bytes: total)
    }

    /// Whether two windows like this one keep to the connection's bounds.
    func fitsTwice(_ window: BatchWindow) -> Bool {
        (window.indices.count + 1) * 2 <= limits.requests
            && (window.bytes + FrameHeader.length) * 2 <= limits.bytes
    }
}
