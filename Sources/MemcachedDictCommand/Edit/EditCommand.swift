import ArgumentParser
import Memcached
import NIOCore

struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change a value in an editor, unless somebody else does meanwhile.",
        discussion: """
            Opens the value in the editor that VISUAL or EDITOR names (else vi), checks what is saved, and stores it by compare-and-swap, \
            in the format and compressed as it was; binary property lists are edited in XML. Where another writer has stored meanwhile, \
            it shows what is there now and asks: edit again, store yours after all, or leave it. Nothing that was typed is lost: the file \
            is kept, and named, until it is stored.

            A compare-and-swap sets a new expiration: without --expiration the item never ends.

            Exit status: 0 stored, or nothing was changed; 1 the item is gone; 3 another writer was in between, and nobody could be asked \
            or chose to store; 65 what was saved is not what the value's codec reads.

              memcached-dict edit --prefix profiles ada --expiration 12h
              EDITOR='code --wait' memcached-dict edit settings
            """
    )

    @Argument(help: "The key.")
    var key: String
    @OptionGroup var expirationOption: ExpirationOption
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var codecOptions: CodecOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let itemKey = keyOptions.itemKey(key)
        let status = try await serverOptions.withClient { client in
            guard let item = try await client.get(itemKey) else {
                throw Complaint(missing: itemKey, advice: "'memcached-dict add' stores a first value.")
            }
            return try await edit(item, under: itemKey, client)
        }
        try status.end()
    }

    private func edit(_ item: Item, under itemKey: String, _ client: MemcachedClient) async throws -> CommandStatus {
        var item = item
        var editable = try editable(item, itemKey)
        let file = try EditedFile(editable.text, name: "value.\(codecOptions.codec?.rawValue ?? "txt")")
        var edits = true
        while true {
            do {
                if edits { try await EditorProgram().edit(file.path) }
            } catch {
                if try editable.isChanged(by: file.read()) { _ = kept(file, .refusedInput) } else { file.remove() }
                throw error
            }
            let text = try file.read()
            guard editable.isChanged(by: text) || !edits else {
                file.remove()
                StandardError.write("memcached-dict: nothing was changed")
                return .done
            }
            let stored: (flags: UInt32, bytes: ByteBuffer)
            do {
                stored = try editable.stored(text)
            } catch {
                Complaint("what was saved can't be stored: \(error)", status: .refusedInput).print()
                guard try Question.ask("Edit again, or quit?", ["e", "q"]) == "e" else {
                    return kept(file, .refusedInput)
                }
                edits = true
                continue
            }
            let outcome: StoreOutcome
            do {
                outcome = try await client.compareAndSwap(
                    itemKey,
                    to: stored.bytes,
                    flags: stored.flags,
                    expiration: expirationOption.value,
                    expecting: item.version
                )
            } catch {
                _ = kept(file, .refusedInput)
                throw error
            }
            switch outcome {
            case .stored:
                file.remove()
                return try StoreLine(key, outcome).print(as: outputOptions, itemKey: itemKey)
            case .missing:
                return kept(file, try StoreLine(key, outcome).print(as: outputOptions, itemKey: itemKey))
            case .conflict:
                break
            }
            guard let newer = try await client.get(itemKey) else {
                return kept(file, try StoreLine(key, StoreOutcome.missing).print(as: outputOptions, itemKey: itemKey))
            }
            item = newer
            editable = try self.editable(newer, itemKey)
            StandardError.write("memcached-dict: another writer has stored '\(itemKey)' meanwhile; it holds now:")
            StandardError.write(String(buffer: editable.text))
            switch try Question.ask("Edit yours again, store yours in its place, or quit?", ["e", "s", "q"]) {
            case "e": edits = true
            case "s": edits = false
            default: return kept(file, try StoreLine(key, outcome).print(as: outputOptions, itemKey: itemKey))
            }
        }
    }

    private func editable(_ item: Item, _ itemKey: String) throws -> EditableItem {
        do {
            return try EditableItem(item, codec: codecOptions.codec)
        } catch let error as ValueCodecError {
            throw Complaint("'\(itemKey)' can't be edited: \(error)", status: .refusedInput)
        }
    }

    private func kept(_ file: EditedFile, _ status: CommandStatus) -> CommandStatus {
        StandardError.write("What you saved is kept in \(file.path)")
        return status
    }
}
