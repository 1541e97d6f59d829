/// How a connection to one server behaves. Times are durations, sizes are bytes; each has a default that suits a service in the
/// same network as its servers.
public struct ConnectionConfiguration: Equatable, Sendable {
    /// What a request does when the connection's bounds are reached.
    public enum OverloadPolicy: Sendable {
        /// It waits its turn, within its deadline.
        case wait
        /// It throws ``MemcachedError/Code/overloaded`` at once.
        case fail
    }

    /// How long a connection may take to be established, handshake included; more than 0. Default 1 second.
    public var connectTimeout: Duration = .seconds(1)

    /// How long a server may send nothing, and take nothing of what is being sent to it, while a reply is due, before its connection is
    /// closed and replaced. Less than 16 KiB of a reply that has begun is nothing. It is apart from the requests' own timeouts, which
    /// leave the connection as it is. More than 0; default 5 seconds.
    public var stallTimeout: Duration = .seconds(5)

    /// How long a connection may be idle before a NOOP checks it, more than 0. Default 30 seconds.
    public var idleCheckInterval: Duration = .seconds(30)

    /// How long an event loop looks for the next reply before it sleeps, 0 to 1 millisecond; 0 for never. Default 150 microseconds.
    ///
    /// It does so only while one caller after the other has a single request on the way, and replies come within three quarters of
    /// that time: with a server on the same machine this halves the time of a request, for somewhat more of the processor's. Others on
    /// the event loop have their turn after ten microseconds each time. On Linux, without TLS.
    public var busyPollTime: Duration = .microseconds(150)

    /// The most requests in flight, 1 or more; each of a batch counts, and one more for its end. A batch has a part of them at a time,
    /// and goes out alone where even a single request of it is more. Default 4,096.
    public var maximumRequestsInFlight = 4096

    /// The most bytes of requests in flight, 1 or more. A larger request goes out alone. Default 16 MiB.
    public var maximumBytesInFlight = 16 * 1024 * 1024

    /// What a request does when one of these bounds is reached. Default: it waits.
    public var overloadPolicy = OverloadPolicy.wait

    private var listener = ConnectionListener(observer: nil)

    /// Told of what goes over the connection; nil where nobody listens.
    package var observer: (any ConnectionObserver)? {
        get { listener.observer }
        set { listener = ConnectionListener(observer: newValue) }
    }

    /// The largest item that a server takes, in bytes, where the server doesn't tell; memcached's option `-I`. 1,024 or more; default
    /// 1 MiB.
    public var itemSizeLimit = 1024 * 1024

    /// The largest reply that is read, in bytes; a server that claims a larger one is disconnected. From ``itemSizeLimit`` to
    /// 2,147,483,647; default 128 MiB.
    public var maximumReplyBytes = 128 * 1024 * 1024

    /// The most bytes of values that are gathered for a batch's window, from one server at a time; a batch of gets that brings more
    /// throws ``MemcachedError/Code/valueTooLarge`` for its keys, and the connection goes on. No less than ``itemSizeLimit``; default
    /// 1 GiB, which holds 1,024 values of 1 MiB.
    public var maximumBatchReplyBytes = 1024 * 1024 * 1024

    #if TLS
    /// TLS towards all the servers; nil, the default, for none.
    public var tls: TLSOptions?
    #endif

    /// The user and the password for servers that want authentication; nil, the default, for none. With credentials, a server
    /// that has no authentication is not used: calls throw ``MemcachedError/Code/authenticationFailed``.
    public var credentials: SASLCredentials?

    /// The defaults.
    public init() {}
}

extension ConnectionConfiguration {
    /// Whether connections have TLS.
    package var isSecured: Bool {
        #if TLS
        tls != nil
        #else
        false
        #endif
    }

    /// Whether connections have TLS, and to nobody but a server with a certificate that is trusted.
    package var hasVerifiedTLS: Bool {
        #if TLS
        tls?.verifiesServers == true
        #else
        false
        #endif
    }

    /// The settings that are out of their ranges.
    package var problems: [SettingsProblem] {
        let found: [SettingsProblem?] = [
            .unless(
                connectTimeout > .zero,
                "connectTimeout",
                "connectTimeout must be positive; it is \(connectTimeout)"
            ),
            .unless(stallTimeout > .zero, "stallTimeout", "stallTimeout must be positive; it is \(stallTimeout)"),
            .unless(
                idleCheckInterval > .zero,
                "idleCheckInterval",
                "idleCheckInterval must be positive; it is \(idleCheckInterval)"
            ),
            .unless(
                busyPollTime >= .zero && busyPollTime <= .milliseconds(1),
                "busyPollTime",
                "busyPollTime must be between 0 and 1 millisecond; it is \(busyPollTime)"
            ),
            .unless(
                maximumRequestsInFlight >= 1,
                "maximumRequestsInFlight",
                "maximumRequestsInFlight must be 1 or more; it is \(maximumRequestsInFlight)"
            ),
            .unless(
                maximumBytesInFlight >= 1,
                "maximumBytesInFlight",
                "maximumBytesInFlight must be 1 or more; it is \(maximumBytesInFlight)"
            ),
            .unless(
                itemSizeLimit >= 1024,
                "itemSizeLimit",
                "itemSizeLimit must be 1,024 bytes or more; it is \(itemSizeLimit)"
            ),
            .unless(
                maximumReplyBytes >= itemSizeLimit && maximumReplyBytes <= Int(Int32.max),
                "maximumReplyBytes",
                "maximumReplyBytes must be between itemSizeLimit and 2,147,483,647; it is \(maximumReplyBytes)"
            ),
            .unless(
                maximumBatchReplyBytes >= itemSizeLimit,
                "maximumBatchReplyBytes",
                "maximumBatchReplyBytes must not be less than itemSizeLimit; it is \(maximumBatchReplyBytes)"
            ),
        ]
        return (credentials?.problems ?? []) + found.compactMap(\.self)
    }
}
