import Memcached
import MemcachedTooling
import NIOCore

/// One value in an editor, until it is stored or left.
struct EditSession {
    let key: String
    let editable: EditableItem
    let expiration: Expiration
    /// In bytes as it is stored; nil where only the server has a limit.
    let largestValue: Int?
    let client: MemcachedClient
    let file: EditedFile

    /// - Parameter version: of the value that the file holds.
    /// - Returns: what came of it; nil where nothing was changed.
    func run(from version: ItemVersion) async throws -> StoreOutcome? {
        do {
            try await EditorProgram().edit(file.path)
            guard editable.isChanged(by: try file.read()) else {
                file.remove()
                return nil
            }
            return try await store(over: version)
        } catch {
            // Whatever ended it, what was saved is not lost.
            let isKept = (try? file.read()).map(editable.isChanged) ?? file.isThere
            if isKept { tellWhereItIs() } else { file.remove() }
            throw error
        }
    }

    private func store(over version: ItemVersion) async throws -> StoreOutcome {
        var version = version
        while true {
            let edited = try file.read()
            let stored: (flags: UInt32, bytes: ByteBuffer)
            do {
                stored = try editable.stored(edited)
                try checkSize(of: stored.bytes)
            } catch {
                let reason = (error as? ValueCodecError)?.message ?? "\(error)"
                Complaint("what was saved can't be stored: \(reason)", status: .refusedInput).print()
                guard try await goesOn("Edit again, or quit?", ["e", "q"]) else {
                    throw Complaint("nothing was changed", status: .refusedInput)
                }
                continue
            }
            let (outcome, rival) = try await swap(stored, over: version)
            switch outcome {
            case .stored:
                file.remove()
                return outcome
            case .missing:
                return left(outcome)
            case .conflict:
                guard let newer = try await client.get(key) else { return left(.missing) }
                guard newer.version.cas != 0 else {
                    throw Complaint(
                        "'\(key)' is on a server now that keeps no versions (-C), so that another's change could be lost",
                        status: .refusedInput
                    )
                }
                StandardError.write("memcached-dict: \(rival) meanwhile; it holds now:")
                let value = (try? ShownValue(newer, codec: nil).text) ?? newer.value.base64
                for line in value.printableLines { StandardError.write(line) }
                version = newer.version
                let question = "Edit yours again, store yours in its place, or quit?"
                guard try await goesOn(question, ["e", "s", "q"]) else { return left(outcome) }
            }
        }
    }

    /// Stores it unless somebody else has stored; of a conflict, who or what was in between.
    private func swap(
        _ stored: (flags: UInt32, bytes: ByteBuffer),
        over version: ItemVersion
    ) async throws -> (outcome: StoreOutcome, rival: String) {
        do {
            let outcome = try await client.compareAndSwap(
                key,
                to: stored.bytes,
                flags: stored.flags,
                expiration: expiration,
                expecting: version
            )
            return (outcome, "another writer has stored '\(key)'")
        } catch {
            guard error.code == .versionUnusable else { throw error }
            // Nobody can tell whether it is the same value.
            return (.conflict, "the server of '\(key)' has restarted, or another has taken its place,")
        }
    }

    private func checkSize(of bytes: ByteBuffer) throws(ValueCodecError) {
        guard let largestValue, bytes.readableBytes > largestValue else { return }
        throw ValueCodecError(
            .tooLarge,
            "it has \(bytes.readableBytes) bytes as it is stored; the settings allow \(largestValue) at most"
        )
    }

    /// Asks what to do. Returns whether what the file holds by then is to be stored: as it is, or since it was edited once more.
    private func goesOn(_ question: String, _ answers: [String]) async throws -> Bool {
        tellWhereItIs()
        while true {
            switch try Question.ask(question, answers) {
            case "e":
                let before = try file.read()
                try await EditorProgram().edit(file.path)
                // Who leaves the editor without saving has not said to store.
                if try file.read() != before { return true }
            case "s":
                return true
            default:
                return false
            }
        }
    }

    private func left(_ outcome: StoreOutcome) -> StoreOutcome {
        tellWhereItIs()
        return outcome
    }

    private func tellWhereItIs() {
        StandardError.write(once: "What you saved is kept in \(file.path)")
    }
}
