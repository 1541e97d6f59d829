import MemcachedFraming
import NIOCore

/// A connection in use, and what its handshake has learned.
package final class ReadyConnection: Sendable {
    package let connection: Connection
    package let properties: ServerProperties
    /// Of the versions that are read and stored over this connection.
    package let origin: ItemVersion.Origin

    init(connection: Connection, properties: ServerProperties, peer: SocketAddress?) {
        self.connection = connection
        self.properties = properties
        origin = ItemVersion.Origin(server: connection.server, incarnation: properties.incarnation, peer: peer)
    }
}

extension ReadyConnection {
    /// Why a request must not be sent on this connection; nil where it may.
    func refusal(of request: Request, demanding version: ItemVersion?) -> MemcachedError? {
        if let version {
            // Without CAS the server takes any version for the right one, and overwrites.
            guard properties.isCASEnabled else {
                return MemcachedError(
                    .versionUnusable,
                    "the server keeps no versions, since it was started with -C; nothing was sent",
                    server: connection.server
                )
            }
            if let error = version.unusable(at: origin) { return error }
        }
        guard let flags = request.storedFlags, let key = request.key else { return nil }
        let limit = properties.maximumValueLength(keyLength: key.length, hasFlags: flags != 0)
        guard request.valueLength > limit else { return nil }
        return MemcachedError(
            .valueTooLarge,
            "the value has \(request.valueLength) bytes; under this key the server takes at most \(max(limit, 0)). "
                + "Nothing was sent. Compress the value, split it, or raise the server's item size (-I)",
            server: connection.server
        )
    }
}

extension Request {
    /// The flags, of a request that stores a whole value.
    fileprivate var storedFlags: UInt32? {
        if case .storage(let flags, _) = extras { flags } else { nil }
    }
}
