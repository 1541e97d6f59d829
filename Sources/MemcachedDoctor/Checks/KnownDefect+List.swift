extension KnownDefect {
    /// The newest version that the list knows.
    static let listedUpTo = ServerVersion(1, 6, 45)

    /// The newest first: all that memcached's history from 1.4.0 on tells with certainty.
    static let all = mendedIn16 + mendedIn15 + mendedIn14

    typealias Numbers = (Int, Int, Int)

    init(
        _ fixedIn: Numbers,
        since introducedIn: Numbers? = nil,
        _ scope: Scope,
        _ severity: Severity,
        _ summary: String,
        _ source: String
    ) {
        self.introducedIn = introducedIn.map { ServerVersion($0.0, $0.1, $0.2) }
        self.fixedIn = ServerVersion(fixedIn.0, fixedIn.1, fixedIn.2)
        self.scope = scope
        self.severity = severity
        self.summary = summary
        self.source = source
    }

    static func commit(_ hash: String) -> String { "https://github.com/memcached/memcached/commit/\(hash)" }

    static func releaseNotes(_ version: String) -> String {
        "https://github.com/memcached/memcached/wiki/ReleaseNotes\(version)"
    }
}
