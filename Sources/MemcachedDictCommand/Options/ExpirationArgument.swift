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

    static let usual = "as configured, else never"

    /// When an item ends: as the option says, else as it is configured for its dictionary, else as for all; and where nobody says, never.
    static func value(of option: ExpirationArgument?, _ keyOptions: KeyOptions, _ client: MemcachedClient) -> Expiration
    {
        option?.expiration ?? keyOptions.settings(client.configuration).expiration ?? .never
    }

    static let help = ArgumentHelp(
        "When the item ends: seconds, or 15m, 12h, 30d; 'never' or 0 for no end. (default: \(usual))",
        valueName: "lifetime"
    )
}
