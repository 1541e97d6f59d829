import ArgumentParser
import Memcached
import MemcachedTooling
import NIOCore

struct GetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "get",
        abstract: "Print the values under some keys, all read in one batch.",
        discussion: """
            A value is shown as what its flags say, and where they say nothing, as what its bytes look like: text and JSON as \
            they are, numbers in decimal, Base64 of bytes and of binary property lists. With --codec it is read by that codec, \
            and a value that the codec can't read ends with 65. '--codec bytes' reads any value; with it and with '--codec \
            plist' the bytes themselves are written, without a newline where there is one key.

            Values come in the order of the keys, one a line; missing keys are named on standard error. At a terminal, what it would \
            obey is shown, such as the escape character as \\u{1b}, but not of bytes themselves.

              memcached-dict get --prefix profiles ada grace
              memcached-dict get --json --prefix profiles ada | jq -r .version
            """
    )

    @Argument(help: "The keys.")
    var keys: [String]
    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup var codecOptions: CodecOptions
    @OptionGroup var outputOptions: OutputOptions

    func run() async throws {
        let results = try await serverOptions.withClient(of: keyOptions.prefix) { client in
            try keyOptions.refuseLong(keys, client.configuration)
            return await client.getMany(keys.map(keyOptions.itemKey))
        }
        try await CommandStatus.highest(of: keys) { key in
            guard let item = try results[keyOptions.itemKey(key)]?.get() else {
                try printMissing(key)
                return .missing
            }
            try print(item, under: key)
            return .done
        }.end()
    }

    private func printMissing(_ key: String) throws {
        guard outputOptions.json else { return Complaint(missing: keyOptions.itemKey(key)).print() }
        try StandardOutput.write(json: Line(key: key, found: false, value: nil, version: nil, flags: nil))
    }

    private func print(_ item: MemcachedItem, under key: String) throws {
        let value: ShownValue
        do throws(ValueCodecError) {
            value = try ShownValue(item, codec: codecOptions.codec)
        } catch {
            throw Complaint(undecodable: item, under: keyOptions.itemKey(key), by: codecOptions.codec, error)
        }
        if outputOptions.json {
            try StandardOutput.write(
                json: Line(
                    key: key,
                    found: true,
                    value: value.text,
                    version: item.version.description,
                    flags: item.flags
                )
            )
        } else if codecOptions.codec == .bytes || codecOptions.codec == .plist {
            try StandardOutput.write(value.bytes)
            if keys.count > 1 { try StandardOutput.write("") }
        } else if StandardOutput.isSeen {
            try StandardOutput.write(value.text.printableLines.joined(separator: "\n"))
        } else {
            try StandardOutput.write(value.text)
        }
    }

    /// What `--json` prints for each key. A version is text: JSON's readers cut numbers of 64 bits to 53.
    private struct Line: Encodable {
        let key: String
        let found: Bool
        @NullWhenNil var value: String?
        @NullWhenNil var version: String?
        @NullWhenNil var flags: UInt32?
    }
}
