import Memcached

/// Whether two names of the configuration are one server.
struct IdentityCheck {
    /// What names a process, nearly: containers' processes often have the same number, and start within one second.
    private struct Process: Hashable {
        let id: Int
        let started: Int
    }

    /// Groups of servers that may be the same one.
    static func suspects(_ answers: [(server: ServerAddress, answers: ServerAnswers)]) -> [[ServerAddress]] {
        var groups: [Process: [ServerAddress]] = [:]
        for (server, answers) in answers {
            guard let id = answers.number("pid"), let time = answers.number("time"),
                let uptime = answers.number("uptime")
            else { continue }
            groups[Process(id: id, started: time - uptime), default: []].append(server)
        }
        return groups.values.filter { $0.count > 1 }.sorted { "\($0[0])" < "\($1[0])" }
    }

    /// Statistics that only grow, and grow by each request that asks for them.
    private static let counters = ["bytes_read", "bytes_written"]

    /// Whether the second of three readings, one after the other, was made of the server of the first and the third: only then what it
    /// has counted lies between what they have.
    static func isSame(_ first: [String: String], _ second: [String: String], _ third: [String: String]) -> Bool {
        counters.allSatisfy { name in
            guard let before = first[name].flatMap({ Int($0) }), let between = second[name].flatMap({ Int($0) }),
                let after = third[name].flatMap({ Int($0) })
            else { return false }
            return before < between && between < after
        }
    }
}

extension DiagnosisFinding {
    init(sameServer names: [ServerAddress]) {
        self.init(
            .identity,
            .warning,
            names.map { "\($0)" }.joined(separator: " and ") + " are the same server",
            meaning:
                "It gets the share of keys of \(names.count) servers with the memory of one, and when it fails, so do all of them.",
            advice: "Name each server once, in the same words in all clients of the fleet."
        )
    }
}
