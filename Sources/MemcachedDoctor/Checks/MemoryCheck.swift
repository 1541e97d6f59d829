extension ServerAnswers {
    /// Whether the server's memory is enough for what is stored there.
    var memoryFindings: [DiagnosisFinding] {
        if settings["evictions"] == "off" { return [fullWithoutEviction].compactMap(\.self) }
        return [evictions].compactMap(\.self)
    }

    private var percentUsed: Int? {
        guard let used = number("bytes"), let limit = number("limit_maxbytes"), limit > 0 else { return nil }
        return Int(Double(used) / Double(limit) * 100)
    }

    private var fullWithoutEviction: DiagnosisFinding? {
        guard let percentUsed, percentUsed >= 80 else { return nil }
        return DiagnosisFinding(
            .memory,
            .warning,
            "\(percentUsed)% of its memory is used, and it evicts nothing (-M)",
            meaning:
                "When it is full, stores throw outOfMemory, and a store that is refused so has dropped the item that was there.",
            advice: "Give it more memory with -m, let items expire sooner, or start it without -M."
        )
    }

    /// Above so many of a hundred items, readers miss what they should find.
    private static let pressure = 0.01

    private var evictions: DiagnosisFinding? {
        guard let evicted = number("evictions"), evicted > 0 else { return nil }
        let stored = max(number("total_items") ?? 0, 1)
        let share = Double(evicted) / Double(stored)
        let unread = number("evicted_unfetched").map { ", \($0) of them before anybody had read them" } ?? ""
        let percent = (share * 1_000).rounded() / 10
        return DiagnosisFinding(
            .memory,
            share >= Self.pressure ? .warning : .notice,
            "\(evicted) items were evicted, \(percent)% of those stored",
            meaning: "They were dropped before their time, since memory was short\(unread). Readers miss them.",
            advice: "Give it more memory with -m, spread the items over more servers, or let them expire sooner; "
                + "'memcached-dict stats items' tells which sizes are evicted."
        )
    }
}
