import ArgumentParser
import Memcached
import MemcachedTooling
import NIOCore

struct EditCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "edit",
        abstract: "Change a value in an editor, unless somebody else does meanwhile.",
        discussion: """
            Opens the value in the editor that VISUAL or EDITOR names (else vi), checks what is saved, and stores it by compare-and-swap, \
            in the format and compressed as it was; binary property lists are edited in XML. Where another writer has stored meanwhile, \
            it shows what is there now and asks: edit yours again, store yours in its place, or leave it. Nothing that was saved is lost: \
            the file is kept, and named, until it is stored.

            A compare-and-swap sets a new expiration: without --expiration the one that is configured, else none.

            Exit status: 0 stored, or nothing was changed; 1 the item is gone; 3 another writer or a restart was in between, and \
            nobody could be asked or chose to store; 65 what was saved is not what the value's codec reads, or the server keeps no \
            versions (-C).

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
        let outcome = try await serverOptions.withClient(of: keyOptions.prefix) { client in
            try keyOptions.refuseLong([key], client.configuration)
            guard let item = try await client.get(itemKey) else {
                throw Complaint(missing: itemKey, advice: "'memcached-dict add' stores a first value.")
            }
            guard item.version.cas != 0 else {
                throw Complaint(
                    "'\(itemKey)' can't be edited: its server keeps no versions (-C), so that a change of another writer could be lost",
                    advice: "'memcached-dict set' stores whatever is there.",
                    status: .refusedInput
                )
            }
            let editable: EditableItem
            do {
                editable = try EditableItem(item, codec: codecOptions.codec)
            } catch let error as ValueCodecError {
                throw Complaint("'\(itemKey)' can't be edited: \(error.message)", status: .refusedInput)
            }
            let isDocument = [.json, .plist].contains(editable.choice)
            let session = EditSession(
                key: itemKey,
                editable: editable,
                expiration: ExpirationArgument.value(of: expirationOption.expiration, keyOptions, client),
                largestValue: keyOptions.settings(client.configuration).largestValue,
                client: client,
                file: try EditedFile(editable.text, name: "value.\(isDocument ? editable.choice.rawValue : "txt")")
            )
            return try await session.run(from: item.version)
        }
        guard let outcome else {
            StandardError.write("memcached-dict: nothing was changed")
            return
        }
        try StoreLine(key, outcome).print(as: outputOptions, itemKey: itemKey).end()
    }
}
