/// Decodes from any document that is sound, and takes nothing from it.
///
/// Foundation reports an unsound document and a number that the type can't hold with the same error. This tells them
/// apart.
struct SoundDocument: Decodable {
    init(from decoder: any Decoder) {}
}

extension DecodingError {
    /// What didn't fit and where, without quoting a value: the debug descriptions of Foundation's decoders do quote.
    var summary: String {
        switch self {
        case .keyNotFound(let key, let context): "no '\(key.stringValue)'\(Self.place(context))"
        case .valueNotFound(let type, let context): "null instead of \(type)\(Self.place(context))"
        case .typeMismatch(let type, let context): "no \(type)\(Self.place(context))"
        case .dataCorrupted(let context): "an unusable value\(Self.place(context))"
        @unknown default: "it can't be decoded"
        }
    }

    private static func place(_ context: Context) -> String {
        guard !context.codingPath.isEmpty else { return " at the top" }
        let path = context.codingPath.map { $0.intValue.map(String.init) ?? $0.stringValue }
        return " at '\(path.joined(separator: "."))'"
    }
}
