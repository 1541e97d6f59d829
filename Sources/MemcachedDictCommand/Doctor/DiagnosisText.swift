import Memcached
import MemcachedDoctor
import MemcachedTooling

/// A diagnosis in lines for a person.
struct DiagnosisText {
    /// Whether the lines go to a terminal that shows colors.
    let isColored: Bool

    private static let width = 100

    func lines(of diagnosis: FleetDiagnosis) -> [String] {
        var lines: [String] = []
        for server in diagnosis.servers {
            lines += [heading(of: server)] + server.findings.flatMap(lines(of:)) + [""]
        }
        if !diagnosis.findings.isEmpty {
            lines += ["The fleet"] + diagnosis.findings.flatMap(lines(of:)) + [""]
        }
        return lines + [summary(of: diagnosis)]
    }

    private func heading(of server: ServerDiagnosis) -> String {
        guard let answers = server.answers else { return "\(server.server.address)" }
        let uptime = answers.uptime.map { ", up \($0.rough)" } ?? ""
        return
            "\(server.server.address): memcached \(answers.version.printable)\(uptime), answers in \(answers.roundTrip.rounded)"
    }

    private func lines(of finding: DiagnosisFinding) -> [String] {
        ["  \(mark(finding.severity)) \(finding.title.printable)"]
            + Self.wrapped(finding.meaning, indent: "    ")
            + finding.details.flatMap { Self.wrapped($0, indent: "      ", first: "    - ") }
            + Self.wrapped(finding.advice, indent: "       ", first: "    -> ")
    }

    private func mark(_ severity: Severity) -> String {
        let word = "\(severity):"
        guard isColored else { return word }
        let color =
            switch severity {
            case .critical: "1;31"
            case .warning: "1;33"
            case .notice: "36"
            }
        return "\u{1B}[\(color)m\(word)\u{1B}[0m"
    }

    private func summary(of diagnosis: FleetDiagnosis) -> String {
        let count = diagnosis.servers.count
        let servers = count == 1 ? "1 server" : "\(count) servers"
        let counts = Severity.allCases.reversed().compactMap { severity -> String? in
            let number = diagnosis.all.count { $0.severity == severity }
            guard number > 0 else { return nil }
            return severity == .critical ? "\(number) critical" : "\(number) \(severity)\(number == 1 ? "" : "s")"
        }
        return "\(servers): \(counts.isEmpty ? "nothing found" : counts.joined(separator: ", "))"
    }

    /// A text in lines of a certain length, broken between words.
    private static func wrapped(_ text: String, indent: String, first: String? = nil) -> [String] {
        var lines = [first ?? indent]
        var isEmpty = true
        for word in text.printable.split(separator: " ") {
            if !isEmpty, lines[lines.count - 1].count + 1 + word.count > width {
                lines.append(indent)
                isEmpty = true
            }
            lines[lines.count - 1] += isEmpty ? "\(word)" : " \(word)"
            isEmpty = false
        }
        return lines
    }
}
