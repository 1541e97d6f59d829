import Memcached

/// What a command that changes an item prints, and the status that it ends with.
struct StoreLine: Encodable {
    enum Outcome: String, Encodable {
        case stored, removed, touched
        case missing, exists, conflict
        /// An append or a prepend: nothing is there, or it can't grow.
        case notStored = "not-stored"
    }

    let key: String
    let outcome: Outcome
    @NullWhenNil var version: String?

    init(_ key: String, _ outcome: Outcome, _ version: ItemVersion? = nil) {
        self.key = key
        self.outcome = outcome
        self.version = version?.description
    }
}

extension StoreLine {
    init(_ key: String, _ outcome: AddOutcome) {
        switch outcome {
        case .stored(let version): self.init(key, .stored, version)
        case .exists: self.init(key, Outcome.exists)
        }
    }

    init(_ key: String, _ outcome: ReplaceOutcome) {
        switch outcome {
        case .stored(let version): self.init(key, .stored, version)
        case .missing: self.init(key, Outcome.missing)
        }
    }

    init(_ key: String, _ outcome: StoreOutcome) {
        switch outcome {
        case .stored(let version): self.init(key, .stored, version)
        case .conflict: self.init(key, Outcome.conflict)
        case .missing: self.init(key, Outcome.missing)
        }
    }

    init(_ key: String, _ outcome: AppendOutcome) {
        switch outcome {
        case .stored(let version): self.init(key, .stored, version)
        case .notStored: self.init(key, Outcome.notStored)
        }
    }

    /// Prints the outcome: on standard output where it was done, else why it wasn't, on standard error.
    ///
    /// - Returns: the status that says the same.
    func print(as options: OutputOptions, itemKey: String) throws -> CommandStatus {
        let refusal = refusal(itemKey)
        if options.json {
            try StandardOutput.write(json: self)
        } else if let refusal {
            refusal.print()
        } else {
            // A server that keeps no CAS gives each item the version 0.
            let known = version.flatMap { $0 == "0" ? nil : ", version \($0)" }
            try StandardOutput.write("\(outcome.rawValue) \(itemKey)\(known ?? "")")
        }
        return refusal?.status ?? .done
    }

    private func refusal(_ key: String) -> Complaint? {
        switch outcome {
        case .stored, .removed, .touched:
            nil
        case .missing:
            Complaint(missing: key)
        case .exists:
            Complaint(
                "'\(key)' holds an item already; nothing was changed",
                advice: "To store whatever is there use 'set', to change it safely 'cas'.",
                status: .conflict
            )
        case .conflict:
            Complaint(
                "another writer has stored '\(key)' since that version; nothing was changed",
                advice: "Read it again with 'get --json', and store with the version that it has now.",
                status: .conflict
            )
        case .notStored:
            Complaint(
                "nothing is stored under '\(key)', or the item can't grow any more; nothing was changed",
                status: .missing
            )
        }
    }
}
