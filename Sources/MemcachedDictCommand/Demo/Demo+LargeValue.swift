import Memcached
import MemcachedTooling
import NIOCore

extension Demo {
    struct Report: Codable, Equatable, Sendable {
        struct Visit: Codable, Equatable, Sendable {
            var page: String
            var referrer: String
            var milliseconds: Int
            var returning: Bool
        }

        var title: String
        var visits: [Visit]

        /// As varied as a real one, and the same in each run.
        static let sample = {
            var state: UInt64 = 1
            func draw(_ count: Int) -> Int {
                state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
                return Int(state >> 33) % count
            }
            let pages = ["/", "/search", "/cart", "/account", "/help", "/news"]
            let referrers = [
                "https://example.com/", "https://search.example/?q=memcached", "https://news.example/today", "",
            ]
            let visits = (0..<14_000).map { _ in
                Visit(
                    page: "\(pages[draw(pages.count)])?item=\(draw(5_000))",
                    referrer: referrers[draw(referrers.count)],
                    milliseconds: draw(900),
                    returning: draw(3) == 0
                )
            }
            return Report(title: "Visits of the day", visits: visits)
        }()
    }

    mutating func compressLargeValue() async throws {
        try narrator.chapter("A large value is stored compressed")
        let report = Report.sample
        let itemKey = itemKey("reports", "today")

        let plain = dictionary("reports", .json()) as MemcachedDict<Report>
        let refusal: MemcachedError?
        do throws(MemcachedError) {
            try await plain.store(report, forKey: "today")
            refusal = nil
        } catch {
            guard error.code == .valueTooLarge else { throw error }
            refusal = error
        }
        try narrator.tell(
            "Without compression, a report of \(report.visits.count.grouped) visits "
                + (refusal.map { "is refused before it is sent:\n     \($0.message)." }
                    ?? "fits into an item of this server.")
        )

        try narrator.code(
            "let reports = MemcachedDict<Report>(client, keyPrefix: ..., codec: .json().compressed(above: 1_024))"
        )
        let reports = dictionary("reports", .json().compressed(above: 1_024)) as MemcachedDict<Report>
        let start = ContinuousClock.now
        try await reports.store(report, forKey: "today")
        let stored = ContinuousClock.now
        let read = try await reports["today"]
        let end = ContinuousClock.now

        guard let item = try await client.get(itemKey) else { throw vanished("today") }
        let description = try FlagsConvention.native.describe(flags: item.flags, bytes: item.value)
        let (inflated, onServer) = (description.bytes.readableBytes, item.value.readableBytes)
        try narrator.tell("JSON             \(inflated.grouped) bytes")
        try narrator.tell("on the server    \(onServer.grouped) bytes, \(onServer * 100 / inflated) % of it")
        try narrator.tell(
            "stored in \((stored - start).rounded), read in \((end - stored).rounded): \(read == report ? "the same report" : "another report")."
        )
        try narrator.check("the report read back being the one stored", read == report, is: true)
        try narrator.check("the item being compressed", description.isCompressed, is: true)
        try narrator.check("the JSON being more than 1 MB", inflated > 1_000_000, is: true)
    }
}
