#if Management
import Hummingbird
import NIOConcurrencyHelpers

/// What forms are about and no page holds, by the numbers that they send back.
final class Tickets<Content: Sendable>: Sendable {
    private struct Guarded {
        var contents: [String: Content] = [:]
        var order: [String] = []
    }

    private let guarded = NIOLockedValueBox(Guarded())
    /// Above it the oldest are forgotten; their pages must be loaded again.
    private let limit: Int

    init(limit: Int) {
        self.limit = limit
    }

    /// Keeps it, and returns what the form sends back.
    func issue(_ content: Content) -> String {
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        guarded.withLockedValue { guarded in
            guarded.contents[number] = content
            guarded.order.append(number)
            if guarded.order.count > limit { guarded.contents[guarded.order.removeFirst()] = nil }
        }
        return number
    }

    /// - Throws: `HTTPError` where there is none of that number any more.
    func content(_ number: String?) throws -> Content {
        guard let number, let content = guarded.withLockedValue({ $0.contents[number] }) else {
            throw HTTPError(
                .gone,
                message: "This page is too old to act on, and nothing was done. Open it anew from the menu."
            )
        }
        return content
    }
}
#endif
