/// Something that an operator should know about a server or a fleet.
package struct DiagnosisFinding: Sendable, Encodable, Equatable {
    /// What was looked at. The raw values are part of the command's JSON.
    package enum Check: String, Sendable, Encodable, CaseIterable {
        case reachability, `protocol`, encryption, authentication, version, versions, flush
        case itemSize = "item-size"
        case connections, clock, memory, udp, uptime
        case identity, agreement
    }

    package let check: Check
    package let severity: Severity
    /// In a few words.
    package let title: String
    /// What follows from it.
    package let meaning: String
    /// What to do.
    package let advice: String
    /// What it consists of, a line each.
    package let details: [String]

    init(
        _ check: Check,
        _ severity: Severity,
        _ title: String,
        meaning: String,
        advice: String,
        details: [String] = []
    ) {
        self.check = check
        self.severity = severity
        self.title = title
        self.meaning = meaning
        self.advice = advice
        self.details = details
    }
}
