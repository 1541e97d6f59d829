import MemcachedFraming
import TestSupport
import Testing

@testable import Memcached

/// How a batch is divided among connections and windows.
@Suite("Lanes of a batch", .fewAtATime)
struct BatchLanesTests {
    /// Requests of so many bytes, all to one connection.
    private func windows(
        of sizes: [Int],
        configure: (inout ClientConfiguration) -> Void
    ) throws -> [[Int]] {
        let fleet = try Fleet(servers: 1, configure: configure)
        defer { fleet.finish() }
        var lanes = BatchLanes(fleet.client.cluster.configuration)
        let place = fleet.client.cluster.topology.place(of: try ItemKey("key"))
        for (index, bytes) in sizes.enumerated() { lanes.add(index, bytes: bytes, at: place) }
        #expect(lanes.lanes.count == 1)
        let windows = lanes.lanes[0].windows
        for window in windows { #expect(window.bytes == window.indices.map { sizes[$0] }.reduce(0, +)) }
        return windows.map(\.indices)
    }

    @Test("A window holds as many bytes as are allowed, to the byte; a larger request goes alone")
    func bytes() throws {
        let divided = try windows(of: [60, 40, 1, 99, 1, 500, 100]) { $0.batchWindowBytes = 100 }
        #expect(divided == [[0, 1], [2, 3], [4], [5], [6]])
    }

    @Test("A window holds as many requests as are allowed")
    func requests() throws {
        let divided = try windows(of: [1, 1, 1, 1, 1]) { $0.batchWindow = 2 }
        #expect(divided == [[0, 1], [2, 3], [4]])
    }

    @Test(
        "Two windows with their NOOPs keep to the bound on requests in flight, where two can",
        arguments: [(1, 1), (2, 1), (3, 1), (4, 1), (6, 2), (7, 2), (8, 3)]
    )
    func fewInFlight(bound: Int, perWindow: Int) throws {
        let divided = try windows(of: Array(repeating: 1, count: 6)) {
            $0.connection.maximumRequestsInFlight = bound
        }
        #expect(divided.map(\.count).max() == perWindow)
    }

    @Test("And to the bound on bytes in flight")
    func fewBytesInFlight() throws {
        let divided = try windows(of: [60, 40, 30]) {
            $0.connection.maximumBytesInFlight = 2 * (100 + FrameHeader.length)
        }
        #expect(divided == [[0, 1], [2]])
    }

    @Test("Each connection has a lane, in order of appearance, and each key is in its own connection's")
    func apart() throws {
        let fleet = try Fleet(servers: 3) { $0.connectionsPerServer = 2 }
        defer { fleet.finish() }
        let topology = fleet.client.cluster.topology
        let places = try (0..<200).map { topology.place(of: try ItemKey("key-\($0)")) }
        var lanes = BatchLanes(fleet.client.cluster.configuration)
        for (index, place) in places.enumerated() { lanes.add(index, bytes: 1, at: place) }
        #expect(lanes.lanes.count == 6)
        let divided = lanes.lanes.map(\.windows)
        #expect(divided.map { $0[0].indices[0] } == divided.map { $0[0].indices[0] }.sorted())
        for lane in divided {
            let connections = lane.flatMap(\.indices).map { ObjectIdentifier(places[$0].slot) }
            #expect(Set(connections) == [ObjectIdentifier(lane[0].place.slot)])
        }
        #expect(divided.joined().flatMap(\.indices).sorted() == Array(0..<200))
    }
}
