/// What a stored value is, told coarsely: enough to show it to a person.
public enum ValueKind: String, Hashable, Sendable, CaseIterable {
    /// UTF-8 text.
    case string
    /// A decimal integer.
    case int
    /// A floating point number.
    case double
    /// True or false.
    case bool
    /// Raw bytes, and whatever can't be told.
    case bytes
    /// A JSON document.
    case json
    /// A property list, binary or XML.
    case plist
}
