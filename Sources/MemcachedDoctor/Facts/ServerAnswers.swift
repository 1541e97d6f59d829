/// What a server has told about itself.
package struct ServerAnswers: Sendable {
    /// As in `1.6.18`.
    package var version: String
    /// The general statistics; empty where the server refuses to tell them, as a proxy may.
    package var general: [String: String] = [:]
    /// Those of the group `settings`; empty where the server refuses to tell them.
    package var settings: [String: String] = [:]
    /// Of a request without work for the server, on a connection that was open.
    package var roundTrip = Duration.zero
    /// This machine's clock when the general statistics were asked for and when they had come, in seconds since 1970.
    package var asked: ClosedRange<Double> = 0...0
}

extension ServerAnswers {
    /// How long the process has been running; nil where it doesn't tell.
    package var uptime: Duration? { number("uptime").map { .seconds($0) } }

    /// A general statistic that is a number; nil where it is none, out of reason, or not there.
    func number(_ name: String) -> Int? { Self.number(general[name]) }

    /// A setting that is a number.
    func setting(_ name: String) -> Int? { Self.number(settings[name]) }

    /// What servers count stays far below; so that sums of a few can't overflow, and doubles hold them.
    private static let reason = 0...(1 << 53)

    private static func number(_ text: String?) -> Int? {
        text.flatMap { Int($0) }.flatMap { reason.contains($0) ? $0 : nil }
    }
}
