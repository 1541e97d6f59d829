/// A metric that a client makes, as its documentation lists it.
package struct ClientMetric: Sendable {
    package enum Instrument: Sendable {
        case counter, meter, timer
    }

    /// After OpenTelemetry's conventions for database clients where they have one, else below `memcached.client`.
    package let name: String
    package let instrument: Instrument
    /// By the Unified Code for Units of Measure: `s`, `By`, or what is counted in braces.
    package let unit: String
    /// One sentence.
    package let meaning: String

    private init(_ instrument: Instrument, _ name: String, unit: String, _ meaning: String) {
        self.name = name
        self.instrument = instrument
        self.unit = unit
        self.meaning = meaning
    }
}

extension ClientMetric {
    static let operationDuration = ClientMetric(
        .timer,
        "db.client.operation.duration",
        unit: "s",
        "How long calls took, waiting included; of a batch, each of its round trips to a server."
    )
    static let activeRequests = ClientMetric(
        .meter,
        "memcached.client.active_requests",
        unit: "{request}",
        "Calls under way; of a batch, its round trips."
    )
    static let hits = ClientMetric(.counter, "memcached.client.hits", unit: "{item}", "Gets that found an item.")
    static let misses = ClientMetric(.counter, "memcached.client.misses", unit: "{item}", "Gets that found none.")
    static let conflicts = ClientMetric(
        .counter,
        "memcached.client.conflicts",
        unit: "{conflict}",
        "Compare-and-swaps, and removals of a version, that another writer was ahead of."
    )
    static let retries = ClientMetric(
        .counter,
        "memcached.client.retries",
        unit: "{request}",
        "Requests that were sent again, or to another server, since this one failed them."
    )
    static let io = ClientMetric(
        .counter,
        "memcached.client.io",
        unit: "By",
        "Bytes of the protocol that were sent and received, handshakes included."
    )
    static let queueTime = ClientMetric(
        .timer,
        "memcached.client.queue_time",
        unit: "s",
        "How long requests waited for room in the bounds on what is in flight, of those that had to."
    )
}

extension ClientMetric {
    static let connectionCount = ClientMetric(
        .meter,
        "db.client.connection.count",
        unit: "{connection}",
        "Connections that are established."
    )
    static let pendingRequests = ClientMetric(
        .meter,
        "db.client.connection.pending_requests",
        unit: "{request}",
        "Calls that wait for a connection to be established."
    )
    static let waitTime = ClientMetric(
        .timer,
        "db.client.connection.wait_time",
        unit: "s",
        "How long calls waited for a connection to be established, of those that had to."
    )
    static let connectionTimeouts = ClientMetric(
        .counter,
        "db.client.connection.timeouts",
        unit: "{timeout}",
        "Calls whose deadline passed while they waited for a connection."
    )
    static let createTime = ClientMetric(
        .timer,
        "db.client.connection.create_time",
        unit: "s",
        "How long it took to establish connections, TLS, authentication and handshake included."
    )
    static let connects = ClientMetric(
        .counter,
        "memcached.client.connects",
        unit: "{connection}",
        "Connections that were established."
    )
    static let reconnects = ClientMetric(
        .counter,
        "memcached.client.reconnects",
        unit: "{connection}",
        "Of these, those that took the place of one that was lost."
    )
    static let connectFailures = ClientMetric(
        .counter,
        "memcached.client.connect_failures",
        unit: "{attempt}",
        "Attempts that led to no connection, or to one that the server closed at once again."
    )
    static let ejections = ClientMetric(
        .counter,
        "memcached.client.ejections",
        unit: "{ejection}",
        "How often the server was left out, since it failed too often in a row."
    )

    /// All of them, in the order of the documentation.
    package static let all: [ClientMetric] = [
        operationDuration, activeRequests, hits, misses, conflicts, retries, io, queueTime,
        connectionCount, pendingRequests, waitTime, connectionTimeouts, createTime, connects, reconnects,
        connectFailures,
        ejections,
    ]
}
