#if Management
import Memcached
import MemcachedTooling
import NIOCore

/// An item as the explorer shows it.
struct ItemView: Sendable {
    let facts: [Fact]
    /// The value to look at; nil where there is a field for it.
    let shown: String?
    /// What stands above it.
    let shownNote: String?
    /// The value to edit; nil where it can't be.
    let edited: String?
    /// Why it can't be edited in the page.
    let editProblem: String?
    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// The most of a value that a page shows, in bytes.
    private static let limit = FormText.limit
    private static let hexLimit = 4_096

    init(_ item: MemcachedItem, editable: Result<FormText, ValueCodecError>) {
        var facts = [
            Fact(name: "Version (CAS)", value: "\(item.version)"),
            Fact(name: "Flags", value: "\(item.flags) (0x\(String(item.flags, radix: 16)))"),
        ]
        let stored = item.value.readableBytes
        let description: ValueDescription?
        do throws(ValueCodecError) {
            let described = try FlagsConvention.native.describe(flags: item.flags, bytes: item.value)
            description = described
            let codec = CodecChoice(described)?.rawValue
            facts.append(Fact(name: "Codec", value: codec ?? "\(described.codec), which no codec here reads"))
            facts.append(Fact(name: "Size", value: Self.size(stored: stored, unpacked: described)))
        } catch {
            description = nil
            facts.append(Fact(name: "Codec", value: "none: \(error)"))
            facts.append(Fact(name: "Size", value: Self.bytes(stored)))
        }
        self.facts = facts
        switch editable {
        case .success(let form) where item.version.cas == 0:
            (edited, editProblem) = (
                nil, "its server keeps no versions (-C), so that a change of another writer could be lost"
            )
            (shown, shownNote) = (form.text, nil)
        case .success(let form):
            (edited, editProblem) = (form.text, nil)
            (shown, shownNote) = (nil, nil)
        case .failure(let error):
            (edited, editProblem) = (nil, "\(error)")
            (shown, shownNote) = Self.show(description, item.value)
        }
    }

    private static func show(_ description: ValueDescription?, _ stored: ByteBuffer) -> (String, String?) {
        let value = description?.bytes ?? stored
        if description?.kind == .plist, value.text == nil, let list = try? PropertyListDocument.xml(of: value),
            let text = list.text, text.utf8.count <= limit
        {
            return (text, "A binary property list, shown in XML, which can't hold fractions of a second")
        }
        guard let description, description.kind != .bytes, let text = value.text else {
            let size = value.readableBytes
            let note =
                size > hexLimit ? "The first \(bytes(hexLimit)) of \(bytes(size)), in hexadecimal" : "In hexadecimal"
            return (HexDump.text(of: value.readableBytesView.prefix(hexLimit)), note)
        }
        guard text.utf8.count <= limit else {
            let beginning = String(decoding: text.utf8.prefix(limit), as: UTF8.self)
            return (beginning, "The first \(bytes(limit)) of \(bytes(text.utf8.count))")
        }
        return ((description.kind == .json ? JSONLayout.indented(text, limit: limit) : nil) ?? text, nil)
    }

    private static func size(stored: Int, unpacked: ValueDescription) -> String {
        guard unpacked.isCompressed else { return bytes(stored) }
        return "\(bytes(unpacked.bytes.readableBytes)), compressed to \(bytes(stored))"
    }

    private static func bytes(_ count: Int) -> String {
        count == 1 ? "1 byte" : "\(count.grouped) bytes"
    }
}
#endif
