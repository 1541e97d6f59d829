/// The server's time in whole seconds, as memcached keeps it: counted from a little before its start, so that 0 can mean 'never'.
///
/// Time passes only by ``advance(to:)``.
package struct EngineClock: Sendable {
    /// An item that already lies in the past when it is written expires at 1, which has to be over when the server starts.
    private static let secondsAtStart: Int64 = 62
    /// Expirations up to 30 days are relative.
    private static let longestRelative: Int64 = 2_592_000

    /// Unix time at the server's start.
    let start: Int64
    private(set) var uptime: Int64 = 0

    package init(start: Int64) {
        self.start = start
    }

    var now: Int64 { uptime + Self.secondsAtStart }

    package var unixTime: Int64 { start + uptime }

    /// Goes to a later Unix time; an earlier one changes nothing.
    package mutating func advance(to unixTime: Int64) {
        uptime = max(uptime, unixTime - start)
    }

    /// An expiration from the wire as a moment of this clock; 0 for never.
    func moment(_ expiration: UInt32) -> Int64 {
        let expiration = Int64(expiration)
        guard expiration > 0 else { return 0 }
        guard expiration > Self.longestRelative else { return now + expiration }
        return max(1, expiration - start + Self.secondsAtStart)
    }
}
