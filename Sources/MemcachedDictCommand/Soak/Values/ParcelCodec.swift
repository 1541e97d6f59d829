import Memcached
import NIOCore

/// Parcels as bytes, without a document around them.
struct ParcelCodec: ValueCodec {
    var name: String { "parcel" }

    func encode(_ parcel: Parcel) -> EncodedValue {
        var bytes = ByteBuffer()
        bytes.writeInteger(UInt16(truncatingIfNeeded: parcel.owner.utf8.count))
        bytes.writeString(parcel.owner)
        bytes.writeInteger(Int64(parcel.sequence))
        bytes.writeBytes(parcel.seal)
        bytes.writeBytes(parcel.filler)
        return EncodedValue(bytes: bytes, format: .bytes)
    }

    func decode(_ encoded: EncodedValue) throws -> Parcel {
        var bytes = try encoded.bytes(as: .bytes, readBy: name)
        guard let length = bytes.readInteger(as: UInt16.self),
            let owner = bytes.readString(length: Int(length)),
            let sequence = bytes.readInteger(as: Int64.self),
            let seal = bytes.readBytes(length: 32)
        else {
            throw ValueCodecError(.corrupted, "too short for a parcel")
        }
        return Parcel(
            owner: owner,
            sequence: Int(sequence),
            filler: Array(bytes.readableBytesView),
            seal: seal
        )
    }
}
