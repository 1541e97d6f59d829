#if Management
import Memcached
import MemcachedTooling
import NIOCore

/// An item as the explorer shows it.
struct ItemView: Sendable {
    let facts: [Fact]
    /// The value to look at; nil where the field shows it as well.
    let shown: String?
    /// What stands above it.
    let shownNote: String?
    /// The value to edit; nil where it can't be.
    let edited: String?
    /// How the field is in hexadecimal; nil where it is text.
    let hexNote: String?
    /// Why it can't be edited in the page.
    let editProblem: String?
    struct Fact: Sendable {
        let name: String
        let value: String
    }

    /// The most of a value that a page shows, in bytes.
    private static let limit = FormText.limit
    private static let hexLimit = 4_096

    init(_ item: MemcachedItem, form: Result<FormText, FormText.Refusal>) {
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
            let isForeign = error.code == .unknownFlags
            facts.append(
                Fact(name: "Codec", value: "none: \(isForeign ? "the flags are another client's" : error.message)")
            )
            facts.append(Fact(name: "Size", value: Self.bytes(stored)))
        }
        self.facts = facts
        let text: FormText?
        switch form {
        case .success(let form) where item.version.cas == 0:
            editProblem = "its server keeps no versions (-C), so that a change of another writer could be lost"
            (edited, hexNote, text) = (nil, nil, form)
        case .success(let form):
            (edited, hexNote, editProblem, text) = (form.text, form.hexNote, nil, form)
        case .failure(let refusal):
            (edited, hexNote, editProblem, text) = (nil, nil, refusal.words, nil)
        }
        let (laidOut, note) = Self.show(description, item.value)
        let hasLayout = description?.kind == .json || description?.kind == .plist
        if let text, !text.isHex, !hasLayout || text.text == laidOut {
            (shown, shownNote) = (edited == nil ? text.text : nil, nil)
        } else if edited != nil, hasLayout {
            (shown, shownNote) = (laidOut, note ?? "As it is laid out here; the field has it as it is stored")
        } else {
            let isOtherXML = description?.kind == .plist && description?.bytes.text.map { $0 != laidOut } == true
            (shown, shownNote) = (laidOut, note ?? (isOtherXML ? "As it is laid out here" : nil))
        }
    }

    private static func show(_ description: ValueDescription?, _ stored: ByteBuffer) -> (String, String?) {
        let value = description?.bytes ?? stored
        if description?.kind == .plist, let list = try? PropertyListDocument.xml(of: value) {
            let (text, note) = beginning(of: Array(list.readableBytesView))
            guard value.text == nil else { return (text, note.map { _ in beginningLaidOut(of: value) }) }
            let kind = "A binary property list, shown in XML, which can't hold fractions of a second"
            return (text, note.map { "\(kind). \($0)" } ?? kind)
        }
        guard let description, description.kind != .bytes, let text = value.text else {
            let size = value.readableBytes
            let note =
                size > hexLimit ? "The first \(bytes(hexLimit)) of \(bytes(size)), in hexadecimal" : "In hexadecimal"
            return (HexDump.text(of: value.readableBytesView.prefix(hexLimit)), note)
        }
        guard description.kind == .json else { return beginning(of: Array(text.utf8)) }
        let layout = JSONLayout.indented(text, limit: limit)
        return (layout.text, layout.isWhole ? nil : beginningLaidOut(of: value))
    }

    private static func beginningLaidOut(of value: ByteBuffer) -> String {
        "The first \(bytes(limit)) as they are laid out here, of a value of \(bytes(value.readableBytes))"
    }

    private static func beginning(of text: [UInt8]) -> (String, String?) {
        (
            String(beginningOf: text, limit: limit),
            text.count > limit ? "The first \(bytes(limit)) of \(bytes(text.count))" : nil
        )
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
