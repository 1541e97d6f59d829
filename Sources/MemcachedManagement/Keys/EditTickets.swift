#if Management
import Memcached
import MemcachedTooling
import NIOConcurrencyHelpers

/// What a form edits: the key, the version that its page showed, and how the value was stored.
struct EditTicket: Sendable {
    let name: KeyName
    /// Nil where nothing was stored under the key.
    let version: ItemVersion?
    /// Nil where the form names the codec, or the value can't be edited.
    var editable: EditableItem?
}

/// The forms that are out. A version holds which server process it is of, so that it stays here rather than in the page.
final class EditTickets: Sendable {
    private struct Guarded {
        var tickets: [String: EditTicket] = [:]
        var order: [String] = []
    }

    private let guarded = NIOLockedValueBox(Guarded())
    /// Above it the oldest are forgotten; their pages must be loaded again.
    private let limit: Int

    init(limit: Int = 250) {
        self.limit = limit
    }

    /// Keeps it, and returns what the form sends back.
    func issue(_ ticket: EditTicket) -> String {
        let number = String(UInt64.random(in: .min ... .max), radix: 36)
        guarded.withLockedValue { guarded in
            guarded.tickets[number] = ticket
            guarded.order.append(number)
            if guarded.order.count > limit { guarded.tickets[guarded.order.removeFirst()] = nil }
        }
        return number
    }

    func ticket(_ number: String?) -> EditTicket? {
        guard let number else { return nil }
        return guarded.withLockedValue { $0.tickets[number] }
    }
}
#endif
