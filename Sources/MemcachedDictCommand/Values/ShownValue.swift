import Memcached
import MemcachedTooling
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// A stored value as `get` shows it.
struct ShownValue {
    /// Text as it is, numbers in decimal, Base64 of bytes and of binary property lists.
    let text: String
    /// What goes to standard output for codecs whose values are files rather than lines.
    let bytes: ByteBuffer

    /// Reads an item with the codec that the user has named, or as what its flags and bytes say.
    init(_ item: MemcachedItem, codec: CodecChoice?) throws(ValueCodecError) {
        guard let codec else {
            let description = try FlagsConvention.native.describe(flags: item.flags, bytes: item.value)
            text = description.text
            bytes = description.bytes
            return
        }
        do {
            bytes = try DocumentCodec(choice: codec).decode(try Self.encoded(item, for: codec).inflated())
        } catch let error as ValueCodecError {
            throw error
        } catch {
            throw ValueCodecError(.corrupted, "\(error)")
        }
        let isBinary = codec == .bytes || (codec == .plist && bytes.readableBytesView.starts(with: "bplist".utf8))
        text = isBinary ? bytes.base64 : String(buffer: bytes)
    }

    /// Whoever asks for bytes gets them, also of an item whose flags mean nothing here.
    private static func encoded(_ item: MemcachedItem, for codec: CodecChoice) throws(ValueCodecError) -> EncodedValue {
        do {
            return try FlagsConvention.native.unpack(flags: item.flags, bytes: item.value)
        } catch {
            guard error.code == .unknownFlags, codec == .bytes else { throw error }
            return EncodedValue(bytes: item.value, format: .unmarked)
        }
    }
}

extension ByteBuffer {
    var base64: String { Data(readableBytesView).base64EncodedString() }
}
