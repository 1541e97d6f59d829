#if Management
/// A series' labels, in the order of their names.
struct PrometheusLabels: Hashable, Comparable, Sendable {
    /// As they stand between the braces; empty where there are none.
    private let text: String

    /// - Parameter reserved: a name that the series needs for itself.
    init(_ dimensions: [(String, String)], reserved: String? = nil) {
        var values: [String: String] = [:]
        for (name, value) in dimensions {
            var name = PrometheusName.label(name)
            if name == reserved { name = "exported_" + name }
            // Two names may become one; OpenTelemetry joins their values then.
            values[name] = values[name].map { $0 + ";" + value } ?? value
        }
        text = values.sorted { $0.key < $1.key }.map { "\($0.key)=\"\(Self.escaped($0.value))\"" }.joined(
            separator: ","
        )
    }

    /// A sample's labels, with one more behind these.
    func text(adding more: String? = nil) -> String {
        let all = [text, more ?? ""].filter { !$0.isEmpty }.joined(separator: ",")
        return all.isEmpty ? "" : "{\(all)}"
    }

    static func < (one: PrometheusLabels, other: PrometheusLabels) -> Bool {
        one.text < other.text
    }

    private static func escaped(_ value: String) -> String {
        var text = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": text += "\\\\"
            case "\"": text += "\\\""
            case "\n": text += "\\n"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }
}
#endif
