import Memcached
import NIOCore
import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("A soak's values give themselves away", .fewAtATime)
struct SoakValueTests {
    private let parcel = Parcel(owner: "soak-raw:t1-k2", sequence: 7, filler: [1, 2, 3])

    @Test func `a parcel under its own key is sound, whatever its size`() {
        #expect(parcel.defect(under: "soak-raw:t1-k2") == nil)
        var generator = SeededGenerator(seed: 1)
        let sizes = (0..<2_000).map { _ in
            let parcel = Parcel.random(owner: "k", sequence: 0, using: &generator)
            #expect(parcel.defect(under: "k") == nil)
            return parcel.filler.count
        }
        #expect(sizes.contains(0))
        #expect(sizes.contains { $0 > 100_000 })
    }

    @Test(arguments: ["soak-raw:t1-k3", "soak-zip:t1-k2", ""])
    func `a parcel under another key, or under the same name of another prefix, is told`(key: String) {
        #expect(parcel.defect(under: key)?.contains("came the value of 'soak-raw:t1-k2'") == true)
    }

    @Test func `a parcel of which any part was changed is told`() {
        for changed in [
            Parcel(owner: parcel.owner, sequence: 7, filler: [1, 2, 4], seal: parcel.seal),
            Parcel(owner: parcel.owner, sequence: 7, filler: [1, 2], seal: parcel.seal),
            Parcel(owner: parcel.owner, sequence: 8, filler: [1, 2, 3], seal: parcel.seal),
            Parcel(owner: parcel.owner, sequence: 7, filler: [1, 2, 3], seal: []),
        ] {
            #expect(changed.defect(under: parcel.owner)?.contains("checksum") == true)
        }
    }

    @Test func `each codec gives the same parcel back`() throws {
        let codecs: [any ValueCodec<Parcel>] = [
            .json(), .json().compressed(above: 0), .propertyList(), ParcelCodec(), ParcelCodec().compressed(above: 0),
        ]
        let all = Parcel(owner: "k", sequence: 1, filler: Array(0...255))
        for codec in codecs {
            for parcel in [all, Parcel(owner: "é", sequence: 0, filler: [])] {
                #expect(try codec.decode(try codec.encode(parcel)) == parcel)
            }
        }
    }

    @Test func `the largest parcel keeps to the bounds of a connection in each codec`() throws {
        var generator = SeededGenerator(seed: 1)
        let filler = (0..<Parcel.largestFiller).map { _ in UInt8.random(in: .min ... .max, using: &generator) }
        let largest = Parcel(owner: String(repeating: "k", count: 40), sequence: .max, filler: filler)
        let bounds = Fleet(servers: []).configuration(chaos: true).connection
        let codecs: [any ValueCodec<Parcel>] = [.json(), .propertyList(), ParcelCodec()]
        for codec in codecs {
            let size = try codec.encode(largest).bytes.readableBytes
            // With a request's header and key.
            #expect(size + 1_000 <= bounds.maximumBytesInFlight)
            // And with an item's own overhead, into what the servers take.
            #expect(size + 1_000 <= bounds.itemSizeLimit)
        }
    }

    @Test func `bytes that are no parcel are no trap`() {
        for count in 0..<60 {
            let bytes = ByteBuffer(repeating: 255, count: count)
            let parcel = try? ParcelCodec().decode(EncodedValue(bytes: bytes, format: .bytes))
            #expect(parcel?.defect(under: "k") == nil ? parcel == nil : true)
        }
        let letters = #"{"owner":"k","sequence":1,"filler":"!zz","seal":"é"}"#
        let json: any ValueCodec<Parcel> = .json()
        let parcel = try? json.decode(EncodedValue(bytes: ByteBuffer(string: letters), format: .json))
        #expect(parcel?.defect(under: "k") != nil)
    }

    @Test func `a ballot of another key, or changed, is told`() throws {
        var ballot = Ballot(owner: "soak-ballot:b0")
        #expect(ballot.defect(under: "soak-ballot:b0") == nil)
        ballot.enter(3, of: 1)
        #expect(ballot.defect(under: "soak-ballot:b0") == nil)
        #expect(ballot.defect(under: "soak-ballot:b1") != nil)
        let codec: any ValueCodec<Ballot> = .json()
        var encoded = try codec.encode(ballot)
        encoded.bytes = ByteBuffer(
            string: String(buffer: encoded.bytes).replacing(#""recent":[3]"#, with: #""recent":[4]"#)
        )
        #expect(try codec.decode(encoded).defect(under: "soak-ballot:b0")?.contains("checksum") == true)
    }
}
