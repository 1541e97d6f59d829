#if Management
import Foundation
import Hummingbird

/// What a form has sent, or a query.
struct Form: Sendable {
    private let fields: [String: String]

    init(_ fields: [String: String] = [:]) {
        self.fields = fields
    }

    /// - Throws: `HTTPError` where the text is no form: a name twice, or what isn't UTF-8.
    init(urlEncoded text: String) throws {
        do {
            fields = try URLEncodedFormDecoder().decode([String: String].self, from: text)
        } catch {
            throw HTTPError(.badRequest, message: "The form can't be read: \(error)")
        }
    }

    init(queryOf request: Request) throws {
        try self.init(urlEncoded: request.uri.query ?? "")
    }

    /// Nil where the field wasn't sent.
    subscript(name: String) -> String? { fields[name] }

    /// Without spaces around it; empty where the field wasn't sent.
    func trimmed(_ name: String) -> String {
        let text = fields[name] ?? ""
        let end = text.lastIndex { !$0.isWhitespace }
        return end.map { String(text[...$0].drop(while: \.isWhitespace)) } ?? ""
    }

    func isChecked(_ name: String) -> Bool { fields[name] != nil }

    var names: [String] { fields.keys.sorted() }

    /// About what it takes in memory.
    var bytes: Int { fields.reduce(1_024) { $0 + $1.key.utf8.count + $1.value.utf8.count } }
}

extension String {
    /// As the value of a field in the query of a path.
    var inQuery: String { addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? "" }
}
#endif
