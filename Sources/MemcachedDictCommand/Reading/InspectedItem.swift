import Memcached
import MemcachedTooling
import NIOCore

/// All there is to know about an item, as `inspect` prints it.
struct InspectedItem: Encodable {
    let key: String
    let found: Bool
    let server: String
    @NullWhenNil private(set) var flags: UInt32?
    /// Text, since JSON's readers cut numbers of 64 bits to 53.
    @NullWhenNil private(set) var version: String?
    /// The value's size, inflated.
    @NullWhenNil private(set) var bytes: Int?
    @NullWhenNil private(set) var storedBytes: Int?
    @NullWhenNil private(set) var compressed: Bool?
    /// What reads the value, as `--codec` names it, or who wrote it where no codec reads it.
    @NullWhenNil private(set) var codec: String?
    @NullWhenNil private(set) var type: String?
    @NullWhenNil private(set) var value: String?

    private enum CodingKeys: String, CodingKey {
        case key, found, server, flags, version, bytes, compressed, codec, type, value
        case storedBytes = "stored_bytes"
    }

    init(missing key: String, server: ServerAddress) {
        self.key = key
        self.server = "\(server)"
        found = false
    }

    /// An item whose value nobody has looked at yet.
    init(_ item: MemcachedItem, under key: String, server: ServerAddress) {
        self.key = key
        self.server = "\(server)"
        found = true
        flags = item.flags
        version = item.version.description
        storedBytes = item.value.readableBytes
    }

    mutating func describe(_ description: ValueDescription) {
        bytes = description.bytes.readableBytes
        compressed = description.isCompressed
        codec = CodecChoice(description)?.rawValue ?? description.codec
        type = description.kind.rawValue
        value = description.text
    }

    /// For flags that mean nothing in the convention.
    mutating func showAsBytes(_ value: ByteBuffer) {
        bytes = value.readableBytes
        compressed = false
        type = ValueKind.bytes.rawValue
        self.value = value.base64
    }

    /// The item for a person.
    func table(itemKey: String) -> String {
        var rows = [("key", itemKey), ("server", server), ("version", version ?? "none")]
        if let flags { rows.append(("flags", "\(flags) (0x\(String(flags, radix: 16)))")) }
        if let type {
            rows.append(("type", codec.map { "\(type), read by \($0)" } ?? "\(type): these flags mean nothing here"))
        }
        if let bytes, let storedBytes {
            let stored = compressed == true ? ", stored compressed in \(storedBytes)" : ""
            rows.append(("size", "\(bytes) bytes\(stored)"))
        } else if let storedBytes {
            rows.append(("size", "\(storedBytes) bytes on the server"))
        }
        if let value { rows.append(("value", value.printableLines.joined(separator: "\n"))) }
        return rows.map { name, text in name + String(repeating: " ", count: 9 - name.count) + text }
            .joined(separator: "\n")
    }
}
