package import NIOCore

/// What identifies a running server process: versions from another one mean nothing, since the CAS counter starts again at 1.
package enum Incarnation: Hashable, Sendable {
    /// The process id, and the Unix time at which the server's clock started, by its statistics.
    case process(id: UInt64, started: Int64)
    /// A server or proxy that tells no statistics: the connection stands for it.
    case connection(UInt64)
}

/// The version of an item as it was read or stored: its CAS, the server, and that server's running process.
///
/// Every store gives an item a new version. A compare-and-swap with an older one is a conflict. One with a version that the server
/// can't compare, since it restarted or since the version is another server's, throws
/// ``MemcachedError/Code/versionUnusable`` and never overwrites.
public struct ItemVersion: Hashable, Sendable {
    /// The item's CAS. It is 0 where the server keeps none (memcached's option `-C`); such a version can't be compared.
    public let cas: UInt64

    package let origin: Origin?

    /// Where a version comes from. All versions that are read over a connection share one.
    package final class Origin: Sendable {
        fileprivate struct Identity: Hashable, Sendable {
            let server: ServerAddress
            let incarnation: Incarnation
            /// Which of the addresses behind the server's name. Two containers that were started together have the same process id and
            /// the same start.
            let peer: SocketAddress?
        }

        fileprivate let identity: Identity

        package var server: ServerAddress { identity.server }
        package var incarnation: Incarnation { identity.incarnation }
        package var peer: SocketAddress? { identity.peer }

        package init(server: ServerAddress, incarnation: Incarnation, peer: SocketAddress? = nil) {
            identity = Identity(server: server, incarnation: incarnation, peer: peer)
        }
    }

    package init(cas: UInt64, origin: Origin) {
        self.cas = cas
        self.origin = origin
    }

    /// A version known only by its CAS, as when one process hands it to another.
    ///
    /// It is **unchecked**: nothing tells whether the server has restarted since, and a restarted server may have given the same CAS
    /// to another value.
    public init(cas: UInt64) {
        self.cas = cas
        origin = nil
    }
}

extension ItemVersion.Origin: Hashable {
    package static func == (one: ItemVersion.Origin, other: ItemVersion.Origin) -> Bool {
        one === other || one.identity == other.identity
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(identity)
    }
}

extension ItemVersion {
    /// Why this version can't be compared by that server; nil where it can.
    package func unusable(at present: Origin) -> MemcachedError? {
        guard cas != 0 else {
            return MemcachedError(
                .versionUnusable,
                "the version has no CAS, so nothing can be compared; the server keeps none when it is started with -C",
                server: present.server
            )
        }
        guard let origin, origin != present else { return nil }
        let why =
            if origin.server != present.server {
                "the version is of \(origin.server), and the key now belongs to another server"
            } else if origin.identity.peer != present.identity.peer {
                "the server's name now leads to another address than when the item was read"
            } else if case .connection = present.incarnation {
                "the connection has been replaced since the item was read, and this server doesn't tell whether it restarted"
            } else {
                "the server has restarted since the item was read"
            }
        return MemcachedError(.versionUnusable, why + "; read it again", server: present.server)
    }
}

extension ItemVersion: CustomStringConvertible {
    /// The CAS in decimal.
    public var description: String { String(cas) }
}
