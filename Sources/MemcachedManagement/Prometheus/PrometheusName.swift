#if Management
/// Names as Prometheus takes them, made of OpenTelemetry's: `db.client.operation.duration` in seconds is
/// `db_client_operation_duration_seconds`.
enum PrometheusName {
    /// A metric's name: what isn't a letter, a digit, `_` or `:` becomes `_`, several of which in a row become one. The unit follows, and
    /// of what only counts up `total`, each unless the name ends with it.
    static func metric(_ label: String, unit: String? = nil, isTotal: Bool = false) -> String {
        var name = mangled(label, allowingColon: true)
        let suffix = "_total"
        if isTotal, name.hasSuffix(suffix) { name.removeLast(suffix.count) }
        if let unit = unit.flatMap(Self.unit), !name.hasSuffix("_" + unit) { name += "_" + unit }
        return isTotal ? name + suffix : name
    }

    /// A label's name. Nothing that begins with `__` comes out, which Prometheus keeps for itself.
    static func label(_ name: String) -> String {
        mangled(name, allowingColon: false)
    }

    /// The word for a unit of UCUM; nil where the metric counts something, which its name tells.
    private static func unit(_ unit: String) -> String? {
        switch unit {
        case "s": "seconds"
        case "By": "bytes"
        case let unit where unit.isEmpty || unit.hasPrefix("{") || unit == "1": nil
        default: mangled(unit, allowingColon: false)
        }
    }

    private static func mangled(_ text: String, allowingColon: Bool) -> String {
        var name = ""
        for scalar in text.unicodeScalars {
            let isTaken =
                switch scalar {
                case "a"..."z", "A"..."Z", "0"..."9": true
                case ":": allowingColon
                default: false
                }
            if isTaken {
                name.unicodeScalars.append(scalar)
            } else if name.last != "_" {
                name += "_"
            }
        }
        guard let first = name.unicodeScalars.first else { return "_" }
        return ("0"..."9").contains(first) ? "_" + name : name
    }
}
#endif
