#if Management
import Foundation

/// A key as the form names it: with a prefix before it, or alone.
struct KeyName: Sendable, Hashable {
    let prefix: String
    let key: String

    init(_ form: Form) {
        prefix = form["prefix"] ?? ""
        key = form["key"] ?? ""
    }

    var isEmpty: Bool { prefix.isEmpty && key.isEmpty }

    /// As the server knows it.
    var itemKey: String { prefix.isEmpty ? key : "\(prefix):\(key)" }

    /// Why no item can have this name; nil where one can.
    var problem: String? {
        if prefix.utf8.contains(where: ":#".utf8.contains) {
            return
                "A prefix has no ':' and no '#', which separate it from its keys. Leave it empty, and write the key in full."
        }
        guard key.isEmpty else { return nil }
        return "Which key? A dictionary's keys have none that is empty."
    }

    /// Where its page is.
    var path: String { "/keys?prefix=\(Self.encoded(prefix))&key=\(Self.encoded(key))" }

    private static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
#endif
