package import MemcachedFraming

/// Whether errors and logs may show keys and values: the one place that makes keys, and with them what an error may name.
package struct KeyDisclosure: Sendable {
    private let isSecret: Bool

    package init(_ configuration: ClientConfiguration) {
        isSecret = configuration.redactsKeysAndValues
    }

    /// The key of an item. Where keys are secret, it redacts every error that names it.
    package func itemKey(_ name: String, prefix: String = "") throws(MemcachedError) -> ItemKey {
        do {
            return try ItemKey(prefix: prefix, name: name, isSecret: isSecret)
        } catch {
            throw shown(MemcachedError(.invalidKey, "\(error). Nothing was sent", key: prefix + name))
        }
    }

    /// An error that was made without an `ItemKey`, as it may be shown.
    package func shown(_ error: MemcachedError) -> MemcachedError {
        isSecret ? error.redacted : error
    }
}
