#if Configuration && YAML
public import Configuration
import Yams

extension YAMLSnapshot: KeyListing {
    /// The keys, those of values that are null among them.
    public static func keys(in data: RawSpan) throws -> [String] {
        let text = data.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return try Yams.compose(yaml: text).map { $0.endings.map { String($0.dropFirst()) } } ?? []
    }
}

extension Yams.Node {
    /// Behind the value's own key, each begins with a dot; the value itself is the empty one.
    fileprivate var endings: [String] {
        guard let mapping else { return [""] }
        return mapping.flatMap { name, value in value.endings.map { ".\(name.string ?? "")\($0)" } }
    }
}
#endif
