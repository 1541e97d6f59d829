package import NIOCore

/// Makes connected channels. The ordinary one uses sockets; a simulation brings its own.
package protocol Transport: Sendable {
    /// Connects on that event loop, with the configuration's TLS where it has one, and attaches a ``Connection``.
    ///
    /// Names are resolved anew at each call. A cancelled call ends at once, and leaves no channel behind, not one that would come up
    /// later either.
    func connect(
        to server: ServerAddress,
        on eventLoop: any EventLoop,
        configuration: ConnectionConfiguration
    ) async throws(MemcachedError) -> Connection
}
