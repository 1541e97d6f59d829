/// How much a finding matters, from least to most.
package enum Severity: String, Sendable, Encodable, CaseIterable, Comparable {
    /// Worth knowing; nothing is wrong.
    case notice
    /// Calls work, and some will fail, be slow, or be less safe than they look.
    case warning
    /// The server can't be used as it is.
    case critical

    package static func < (one: Severity, other: Severity) -> Bool { one.rank < other.rank }

    private var rank: Int { Self.allCases.firstIndex(of: self) ?? 0 }
}
