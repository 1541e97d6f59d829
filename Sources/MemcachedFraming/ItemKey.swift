package import NIOCore

/// A key that a server will take: 1 to 250 bytes of any value.
///
/// A longer or an empty one makes the server close the connection, so that this type's initialisers are the only way to a key.
/// The prefix and the name stay apart until they are written, so that joining them copies each byte once.
package struct ItemKey: Sendable {
    package static let maximumLength = 250

    enum Storage: Sendable {
        case name(String)
        case text(prefix: String, name: String)
        case bytes(ByteBuffer)
    }

    let storage: Storage
    /// Whether no error and no log may show it.
    package let isSecret: Bool
    /// In bytes, 1 to 250.
    package let length: Int

    package init(_ name: String) throws(FramingError) {
        try self.init(prefix: "", name: name)
    }

    /// The bytes of the prefix, then those of the name, in UTF-8.
    package init(prefix: String, name: String, isSecret: Bool = false) throws(FramingError) {
        length = try Self.check(prefix.utf8.count + name.utf8.count)
        storage = prefix.isEmpty ? .name(name) : .text(prefix: prefix, name: name)
        self.isSecret = isSecret
    }

    package init(bytes: ByteBuffer) throws(FramingError) {
        length = try Self.check(bytes.readableBytes)
        storage = .bytes(bytes)
        isSecret = false
    }

    private static func check(_ length: Int) throws(FramingError) -> Int {
        guard length > 0 else { throw .emptyKey }
        guard length <= maximumLength else { throw .keyTooLong(bytes: length) }
        return length
    }
}

extension ItemKey {
    /// Calls `body` with the key's bytes in one piece, on the stack.
    package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
        switch storage {
        case .bytes(let bytes):
            bytes.withUnsafeReadableBytes(body)
        case .name, .text:
            withUnsafeTemporaryAllocation(byteCount: Self.maximumLength, alignment: 8) { room in
                store(to: room)
                return body(UnsafeRawBufferPointer(rebasing: room[..<length]))
            }
        }
    }

    /// Writes the key's bytes into at least ``length`` bytes of room. Inlined, since a key that is called is copied first.
    @inline(__always)
    func store(to room: UnsafeMutableRawBufferPointer) {
        switch storage {
        case .name(let name):
            room.copyBytes(from: name.utf8)
        case .text(let prefix, let name):
            room.copyBytes(from: prefix.utf8)
            UnsafeMutableRawBufferPointer(rebasing: room[prefix.utf8.count...]).copyBytes(from: name.utf8)
        case .bytes(let bytes):
            bytes.withUnsafeReadableBytes { room.copyMemory(from: $0) }
        }
    }
}

extension ItemKey: Equatable {
    package static func == (one: ItemKey, other: ItemKey) -> Bool {
        one.length == other.length && one.withBytes { a in other.withBytes { b in a.elementsEqual(b) } }
    }
}

extension ItemKey: Hashable {
    package func hash(into hasher: inout Hasher) {
        withBytes { hasher.combine(bytes: $0) }
    }
}

extension ItemKey: CustomStringConvertible {
    /// The key as text, unless it is secret.
    package var description: String {
        isSecret ? "(redacted)" : withBytes { String(decoding: $0, as: UTF8.self) }
    }
}

extension ByteBuffer {
    /// Writes the key's bytes, and nothing else.
    package mutating func writeKey(_ key: ItemKey) {
        write(key.length) { key.store(to: $0) }
    }
}
