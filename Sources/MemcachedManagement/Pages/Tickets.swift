#if Management
import Hummingbird
import NIOConcurrencyHelpers

/// What forms are about and no page holds, by the numbers that they send back.
final class Tickets<Content: Sendable>: Sendable {
    private struct Guarded {
        var contents: [String: Content] = [:]
        var order: [String] = []
        var weight = 0
    }

    private let guarded = NIOLockedValueBox(Guarded())
    /// Above it the oldest are forgotten; their pages must be loaded again.
    private let limit: Int
    private let weight: @Sendable (Content) -> Int

    /// - Parameters:
    ///   - limit: of all of them together.
    ///   - weight: how much of the limit each takes.
    init(limit: Int, weighing weight: @escaping @Sendable (Content) -> Int = { _ in 1 }) {
        self.limit = limit
        self.weight = weight
    }

    /// Keeps it, and returns what the form sends back.
    func issue(_ content: Content) -> String {
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        guarded.withLockedValue { guarded in
            guarded.contents[number] = content
            guarded.order.append(number)
            guarded.weight += weight(content)
            while guarded.weight > limit, let oldest = guarded.order.first { remove(oldest, from: &guarded) }
        }
        return number
    }

    /// Takes it out, so that nobody else gets it; nil where there is none of that number any more, or it isn't meant.
    func take(_ number: String, where isMeant: (Content) -> Bool) -> Content? {
        guarded.withLockedValue { guarded in
            guard let content = guarded.contents[number], isMeant(content) else { return nil }
            remove(number, from: &guarded)
            return content
        }
    }

    private func remove(_ number: String, from guarded: inout Guarded) {
        guard let content = guarded.contents.removeValue(forKey: number) else { return }
        guarded.order.removeAll { $0 == number }
        guarded.weight -= weight(content)
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
