#if Management
import Mustache

/// Text in HTML, whatever it is. The library's own escaping looks at characters, and doesn't see a quotation mark with a combining
/// accent behind it, which ends an attribute all the same: HTML is read by code points.
struct MarkupText: MustacheContentType {
    func escapeText(_ text: String) -> String {
        var escaped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            switch scalar {
            case "<": escaped += "&lt;".unicodeScalars
            case ">": escaped += "&gt;".unicodeScalars
            case "&": escaped += "&amp;".unicodeScalars
            case "\"": escaped += "&quot;".unicodeScalars
            case "'": escaped += "&#39;".unicodeScalars
            default: escaped.append(scalar)
            }
        }
        return String(escaped)
    }
}
#endif
