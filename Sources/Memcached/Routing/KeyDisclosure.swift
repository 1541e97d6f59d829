package import MemcachedFraming
import Synchronization

/// Whether errors and logs may show keys and values: the one place that makes keys, and with them what an error may name.
package struct KeyDisclosure: Sendable {
    private final class Secrecy: Sendable {
        let isWanted: Atomic<Bool>

        init(_ isWanted: Bool) { self.isWanted = Atomic(isWanted) }
    }

    /// Shared by all copies, which follow changes of the configuration.
    private let secrecy: Secrecy

    private var isSecret: Bool { secrecy.isWanted.load(ordering: .relaxed) }

    package init(_ configuration: ClientConfiguration) {
        secrecy = Secrecy(configuration.redactsKeysAndValues)
    }

    func follow(_ configuration: ClientConfiguration) {
        secrecy.isWanted.store(configuration.redactsKeysAndValues, ordering: .relaxed)
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
