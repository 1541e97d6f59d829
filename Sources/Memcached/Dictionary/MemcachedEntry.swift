/// A value as it was read, with the version that it had. Changing the value changes nothing on the server: store the entry.
public struct MemcachedEntry<Value: Sendable>: Sendable {
    /// The key, without the dictionary's prefix.
    public let key: String

    /// A copy of the stored value.
    public var value: Value

    /// What the server compares when the entry is stored or removed.
    public let version: ItemVersion

    /// An entry of a version from elsewhere.
    public init(key: String, value: Value, version: ItemVersion) {
        self.key = key
        self.value = value
        self.version = version
    }
}

extension MemcachedEntry: Equatable where Value: Equatable {}
extension MemcachedEntry: Hashable where Value: Hashable {}
