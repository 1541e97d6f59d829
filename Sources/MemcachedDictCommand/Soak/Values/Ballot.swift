import Crypto

/// A value that many tasks update. Each writes only its own column, so that an update that was lost, or made twice, shows there.
struct Ballot: Codable, Sendable, Equatable {
    /// What one task has entered.
    struct Column: Codable, Sendable, Equatable {
        /// How many updates are in.
        var count = 0
        /// The numbers of the last ones, in their order.
        var recent: [Int] = []

        /// How many numbers are kept.
        static let kept = 16

        mutating func enter(_ number: Int) {
            count += 1
            recent.append(number)
            if recent.count > Self.kept { recent.removeFirst(recent.count - Self.kept) }
        }
    }

    let owner: String
    private(set) var columns: [String: Column] = [:]
    private var seal: [UInt8] = []

    init(owner: String) {
        self.owner = owner
        seal = freshSeal
    }

    func column(of task: Int) -> Column { columns["\(task)"] ?? Column() }

    mutating func enter(_ number: Int, of task: Int) {
        columns["\(task)", default: Column()].enter(number)
        seal = freshSeal
    }

    /// What is wrong with a ballot that was read under that key; nil where nothing is.
    func defect(under key: String) -> String? {
        guard seal == freshSeal else {
            return "the ballot under '\(key)' doesn't match its checksum; it claims to be '\(owner)'"
        }
        guard owner == key else { return "under '\(key)' came the ballot of '\(owner)'" }
        return nil
    }

    private var freshSeal: [UInt8] {
        var hash = SHA256()
        hash.update(data: Array(owner.utf8))
        for (task, column) in columns.sorted(by: { $0.key < $1.key }) {
            hash.update(data: Array("|\(task):\(column.count):\(column.recent)".utf8))
        }
        return Array(hash.finalize())
    }
}
