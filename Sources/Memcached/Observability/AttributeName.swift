import MemcachedFraming

/// The names of dimensions and of spans' attributes, most of them OpenTelemetry's.
enum AttributeName {
    static let system = "db.system.name"
    static let operation = "db.operation.name"
    static let batchSize = "db.operation.batch.size"
    static let status = "db.response.status_code"
    static let errorType = "error.type"
    static let serverAddress = "server.address"
    static let serverPort = "server.port"
    static let peerAddress = "network.peer.address"
    static let peerPort = "network.peer.port"
    static let pool = "db.client.connection.pool.name"
    static let connectionState = "db.client.connection.state"
    static let direction = "network.io.direction"
    static let key = "db.operation.parameter.key"
    static let keys = "db.operation.parameter.keys"
    static let attempts = "memcached.client.update.attempts"
    static let conflicts = "memcached.client.update.conflicts"

    static let memcached = "memcached"
}

extension Status {
    /// As `db.response.status_code` has it, in four figures: `0x0001`.
    var code: String {
        let digits = String(rawValue, radix: 16)
        return "0x" + String(repeating: "0", count: 4 - digits.count) + digits
    }
}

extension ServerAddress {
    /// As `server.address` wants it: a host's name or address, or a socket's path.
    var hostName: String {
        switch self {
        case .host(let host, _): host
        case .unixSocket(let path): path
        }
    }

    /// Nil for a Unix socket.
    var portNumber: Int? {
        if case .host(_, let port) = self { port } else { nil }
    }
}
