import Memcached
import NIOCore

/// The dictionaries that the tasks work on, and the rules by which their keys are found.
struct Stock: Sendable {
    /// A dictionary of parcels under a prefix of its own. The same keys are used under all of them.
    struct Shelf: Sendable {
        let prefix: String
        let parcels: MemcachedDict<Parcel>

        init(_ client: MemcachedClient, _ prefix: String, _ codec: any ValueCodec<Parcel>) {
            self.prefix = prefix
            parcels = MemcachedDict(client, keyPrefix: KeyPrefix(prefix), codec: codec)
        }
    }

    let client: MemcachedClient
    let shelves: [Shelf]
    let pages: Shelf
    let ballots: [MemcachedDict<Ballot>]
    let nothings: MemcachedDict<ByteBuffer>

    init(_ client: MemcachedClient) {
        self.client = client
        shelves = [
            Shelf(client, "soak-json", .json()),
            Shelf(client, "soak-zip", .json().compressed(above: 500)),
            Shelf(client, "soak-plist", .propertyList()),
            Shelf(client, "soak-raw", ParcelCodec()),
            Shelf(client, "soak-pack", ParcelCodec().compressed(above: 100)),
        ]
        pages = Shelf(client, "soak-pages", .json().compressed(above: 1_000))
        ballots = [
            MemcachedDict(client, keyPrefix: KeyPrefix(Self.ballotPrefixes[0]), codec: .json()),
            MemcachedDict(
                client,
                keyPrefix: KeyPrefix(Self.ballotPrefixes[1]),
                codec: .propertyList().compressed(above: 100)
            ),
        ]
        nothings = MemcachedDict(client, keyPrefix: "soak-nothing", codec: .bytes())
    }

    static let ballotPrefixes = ["soak-ballot", "soak-ballot-zip"]
    /// How many tasks share a ballot or a counter.
    static let sharers = 8
    static let keysPerTask = 6
    static let pageCount = 16

    static func key(_ number: Int, of task: Int) -> String { "t\(task)-k\(number)" }
    static func counter(_ group: Int) -> String { "soak-counter:\(group)" }
}
