import ArgumentParser
import Memcached
import MemcachedTooling

/// A lifetime as it is written on the command line.
struct ExpirationArgument: ExpressibleByArgument {
    let expiration: Expiration

    /// Reads what ``Expiration/init(lifetime:)`` reads.
    init?(argument: String) {
        guard let expiration = Expiration(lifetime: argument) else { return nil }
        self.expiration = expiration
    }

    static let help = ArgumentHelp(
        "When the item ends: seconds, or 15m, 12h, 30d; 'never' or 0 for no end. (default: never)",
        valueName: "lifetime"
    )
}
