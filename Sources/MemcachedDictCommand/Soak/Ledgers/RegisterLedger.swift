/// What a key may hold that only one task writes to, one store after the other.
///
/// After an acknowledged store the key holds it, or one of those whose outcome isn't known. On one connection requests keep their
/// order, so that an acknowledged one settles the unknown ones before it. A server that stood still, or whose
/// connection was cut, may carry out what it has read from a connection that is closed, but each store once at most. A
/// server that is killed loses all.
struct RegisterLedger: Sendable {
    enum Content: Sendable, Equatable {
        case nothing
        case sequence(Int)
    }

    private struct Write: Sendable {
        let content: Content
        let wire: Wire?
    }

    private var life = -1
    private var settled = Content.nothing
    /// Stores whose outcome isn't known, in their order.
    private var pending: [Write] = []

    /// Whether nothing can change any more by itself.
    var isSettled: Bool { pending.isEmpty }

    /// A call begins: what was stored in an earlier life of the server is gone.
    mutating func begin(life: Int) {
        guard life != self.life else { return }
        self.life = life
        settled = .nothing
        pending = []
    }

    /// A store was acknowledged.
    mutating func acknowledge(_ content: Content, _ span: Span) {
        guard span.isWithinOneLife else { return leaveOpen(content, span) }
        settled = content
        settle(upTo: span.wire)
    }

    /// It isn't known whether a store was, or will be, carried out.
    mutating func leaveOpen(_ content: Content, _ span: Span) {
        begin(life: span.end)
        pending.append(Write(content: content, wire: span.begin == span.end ? span.wire : nil))
    }

    /// Something was read.
    mutating func observe(_ content: Content, _ span: Span) -> Verdict {
        guard span.isWithinOneLife, span.end == life else { return .skipped }
        guard content != settled else {
            settle(upTo: span.wire)
            return .right
        }
        let candidates = pending.indices.filter { pending[$0].content == content }
        guard let first = candidates.first else { return .wrong(contradiction(content)) }
        settled = content
        // Of several removals it may have been any.
        if candidates.count == 1 { pending.remove(at: first) }
        settle(upTo: span.wire)
        return .explained
    }

    /// The key held something, or nothing, without telling what.
    mutating func observe(isPresent: Bool, _ span: Span) -> Verdict {
        guard isPresent else { return observe(.nothing, span) }
        guard span.isWithinOneLife, span.end == life else { return .skipped }
        guard settled == .nothing else { return .right }
        guard !pending.contains(where: { $0.content != .nothing }) else { return .explained }
        return .wrong("it holds a value, and should hold nothing")
    }

    /// All connections but the present ones are gone, and all that was sent has been carried out or never will be.
    mutating func rest(_ content: Content, _ span: Span) -> Verdict {
        let verdict = observe(content, span)
        pending = []
        settled = content
        return verdict
    }

    /// What was sent on a connection before a call that was answered there has happened by now, or never will.
    private mutating func settle(upTo wire: Wire?) {
        guard let wire else { return }
        pending.removeAll { $0.wire == wire }
    }

    private func contradiction(_ content: Content) -> String {
        let open = pending.isEmpty ? "" : ", or one of \(pending.count) whose outcome isn't known"
        return "it holds \(content.text), and should hold \(settled.text)\(open)"
    }
}

extension RegisterLedger.Content {
    fileprivate var text: String {
        switch self {
        case .nothing: "nothing"
        case .sequence(let number): "number \(number)"
        }
    }
}
