import MemcachedFraming

/// A part of a batch that is sent together.
struct BatchWindow: Sendable {
    let place: Topology.Place
    /// Of its requests within the batch.
    var indices: [Int]
    var bytes: Int
}

/// How a batch is divided: for each connection that is concerned a lane, its windows in order.
struct BatchLanes {
    private(set) var lanes: [[BatchWindow]] = []
    private let bounds: BatchBounds
    private let connectionsPerServer: Int
    /// By the number of the connection. It is only looked up: lanes stand in order of appearance.
    private var laneOf: [Int: Int] = [:]
    /// Where the last request went: that of most, with few connections.
    private var last: (connection: Int, lane: Int)?

    init(_ configuration: ClientConfiguration) {
        bounds = BatchBounds(configuration)
        connectionsPerServer = configuration.connectionsPerServer
    }

    /// Adds the request with that index, of so many bytes.
    mutating func add(_ index: Int, bytes: Int, at place: Topology.Place) {
        let lane = lane(of: place)
        let end = lanes[lane].count - 1
        if end >= 0, bounds.admits(bytes, to: lanes[lane][end]) {
            lanes[lane][end].indices.append(index)
            lanes[lane][end].bytes += bytes
        } else {
            lanes[lane].append(BatchWindow(place: place, indices: [index], bytes: bytes))
        }
    }

    /// Adds requests that all go to the same connection, of so many bytes each.
    mutating func add(_ indices: [Int], bytes: (Int) -> Int, at place: Topology.Place) {
        let total = indices.reduce(0) { $0 + bytes($1) }
        let lane = lane(of: place)
        if lanes[lane].isEmpty, let window = bounds.window(of: indices, bytes: total, at: place) {
            lanes[lane] = [window]
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
            lanes.append([])
        }
        last = (connection, lane)
        return lane
    }
}

/// How large windows are: two of them, each with its closing NOOP, keep to a connection's bounds.
struct BatchBounds {
    private let requests: Int
    private let bytes: Int
    private let connection: ConnectionConfiguration

    init(_ configuration: ClientConfiguration) {
        connection = configuration.connection
        requests = max(1, min(configuration.batchWindow, connection.maximumRequestsInFlight / 2 - 1))
        bytes = max(1, min(configuration.batchWindowBytes, connection.maximumBytesInFlight / 2 - FrameHeader.length))
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

    /// Whether two windows like this one keep to the connection's bounds. One that holds a single large request may not.
    func fitsTwice(_ window: BatchWindow) -> Bool {
        (window.indices.count + 1) * 2 <= connection.maximumRequestsInFlight
            && (window.bytes + FrameHeader.length) * 2 <= connection.maximumBytesInFlight
    }
}
