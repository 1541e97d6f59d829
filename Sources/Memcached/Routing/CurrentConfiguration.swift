/// The configuration as it is now, which a server's node and its connections share.
package final class CurrentConfiguration: Sendable {
    private let guarded: Lock<ClientConfiguration>

    package init(_ configuration: ClientConfiguration) {
        guarded = Lock(configuration)
    }

    package var value: ClientConfiguration { guarded.withLock { $0 } }

    package func follow(_ configuration: ClientConfiguration) {
        guarded.withLock { $0 = configuration }
    }
}
