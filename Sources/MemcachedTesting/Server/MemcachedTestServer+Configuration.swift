extension MemcachedTestServer {
    /// Where a server listens and how it behaves.
    ///
    ///     var configuration = MemcachedTestServer.Configuration()
    ///     configuration.itemSizeLimit = 64 << 10
    ///     let server = try await MemcachedTestServer.start(configuration)
    public struct Configuration: Sendable, Hashable {
        /// What moves a server's clock.
        public enum Clock: Sendable, Hashable {
            /// Only ``MemcachedTestServer/advanceTime(by:)``. It begins at the present time, cut to a whole second.
            case manual
            /// Real time, and ``MemcachedTestServer/advanceTime(by:)`` on top.
            case wall
        }

        /// The address to listen on. Default: `127.0.0.1`.
        public var host = "127.0.0.1"

        /// The TCP port; 0 takes a free one. Default: 0.
        public var port = 0

        /// The path of a Unix socket to listen on instead of TCP; a socket that is there already is replaced. Default: nil.
        public var unixSocketPath: String?

        /// What moves the clock. Default: ``Clock/manual``.
        public var clock = Clock.manual

        /// The largest item, in bytes, with its key and about 60 bytes of the server's own; memcached's `-I`. Default: 1 MiB.
        public var itemSizeLimit = 1 << 20

        /// What all items may take together, in bytes; memcached's `-m`. Default: 64 MiB.
        public var memoryLimit = 64 << 20

        /// Whether a full server makes room by removing the items that were used longest ago. Otherwise it refuses to store, as with
        /// memcached's `-M`. Default: true.
        public var evictsWhenFull = true

        /// Whether items have CAS values. Otherwise each is 0, and a SET with one is stored whatever it was, as with memcached's
        /// `-C`. Default: true.
        public var isCASEnabled = true

        /// Whether clients may flush. Otherwise they are refused, as with memcached's `-F`. Default: true.
        public var isFlushEnabled = true

        /// What the server answers when it is asked for its version. Default: `1.6.18`, whose behaviour it follows.
        public var version = "1.6.18"

        /// How many clients may be connected; one more is told `ERROR Too many open connections`. Default: 1,024.
        public var maximumConnections = 1_024

        /// The defaults: a free port on 127.0.0.1, and memcached's own limits.
        public init() {}
    }
}

extension EngineSettings {
    init(_ configuration: MemcachedTestServer.Configuration) {
        itemSizeLimit = configuration.itemSizeLimit
        memoryLimit = configuration.memoryLimit
        evictsWhenFull = configuration.evictsWhenFull
        isCASEnabled = configuration.isCASEnabled
        isFlushEnabled = configuration.isFlushEnabled
        version = configuration.version
        maximumConnections = configuration.maximumConnections
    }
}
