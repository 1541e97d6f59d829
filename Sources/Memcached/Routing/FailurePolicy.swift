/// What becomes of a call whose server can't be reached.
///
/// Whatever the policy: a mutation that may have reached a server is never sent to another one, and an error that is the server's
/// answer, such as a value that is too large, stands.
public enum FailurePolicy: Sendable, Hashable {
    /// The call throws. Nothing is ever written to another server than the key's own, and what failed during an outage is not
    /// repeated later.
    ///
    /// An item whose store or removal failed keeps its **old value** on a server that lives on, and is read again when
    /// that can be reached again.
    case fail

    /// The call goes to the next server on the ring, and so on until one can be reached.
    ///
    /// The cache stays warm through an outage, and it may show **old data after it**: a server that comes back with its
    /// items, since the network had failed and not the process, still holds what they were before. What was removed
    /// meanwhile is there again, counters begin anew on the other server and go back afterwards, and an `add` can
    /// succeed on both, so that a lock has two holders.
    ///
    /// A nil may be the other server's miss: only here can an outage look like one. An `update(forKey:)` may so return
    /// nil or start from its default, and what it stores elsewhere vanishes when the server is back. What was stored
    /// elsewhere stays there unread until it expires, and is read again should the server fail again. Clients that
    /// don't see the same outage use different servers for the same key.
    ///
    /// Compare-and-swap is safe: a version that was read from another server throws
    /// ``MemcachedError/Code/versionUnusable``.
    case nextServer
}

/// When a server is left out, so that calls don't wait for it one after the other, and how it returns.
public struct ServerEjection: Sendable, Hashable {
    /// How many failures in a row eject a server, 1 or more: attempts to connect, connections that ended with replies due, and calls
    /// whose reply didn't come before their deadline. A reply that comes in time begins the count anew. Default 5.
    ///
    /// A deadline that is shorter than the server usually takes to answer counts, too: with such deadlines a sound
    /// server is ejected.
    public var failures: Int

    /// How long after its ejection, and after each trial that failed, a server is tried with a NOOP. A trial takes up
    /// to ``ConnectionConfiguration/connectTimeout``. The server returns with the first reply.
    /// More than 0; default 2 seconds.
    public var trialInterval: Duration

    /// Ejection after that many failures in a row.
    public init(failures: Int = 5, trialInterval: Duration = .seconds(2)) {
        self.failures = failures
        self.trialInterval = trialInterval
    }
}

extension ServerEjection {
    package var problems: [SettingsProblem] {
        let found: [SettingsProblem?] = [
            .unless(
                failures >= 1,
                "ejectionFailures",
                "ejection.failures must be 1 or more; it is \(failures)"
            ),
            .unless(
                trialInterval > .zero,
                "ejectionTrialInterval",
                "ejection.trialInterval must be positive; it is \(trialInterval)"
            ),
        ]
        return found.compactMap(\.self)
    }
}
