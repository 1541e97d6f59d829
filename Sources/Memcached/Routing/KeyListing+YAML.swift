#if Configuration && YAML
public import Configuration
import Yams

extension YAMLSnapshot: KeyListing {
    /// The keys, those of values that are null among them.
    public static func keys(in data: RawSpan) throws -> [ListedKey] {
        let text = data.withUnsafeBytes { String(decoding: $0, as: UTF8.self) }
        return try Yams.compose(yaml: text)?.keys(at: []) ?? []
    }
}

extension Yams.Node {
    fileprivate func keys(at names: [String]) -> [ListedKey] {
        guard let mapping else { return [ListedKey(names)] }
        guard !mapping.isEmpty else { return [ListedKey(names, isEmptyObject: true)] }
        return mapping.flatMap { name, value in value.keys(at: names + [name.string ?? ""]) }
    }
}
#endif
