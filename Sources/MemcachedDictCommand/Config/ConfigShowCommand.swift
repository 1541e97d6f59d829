import ArgumentParser
import Memcached
import MemcachedTooling

struct ConfigShowCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Show each setting, its value and where that comes from.",
        discussion: """
            A secret is shown as '(secret)', what isn't set as '-'. With --prefix, that dictionary's settings are among them.

              memcached-dict config show
              memcached-dict config show --server cache-1 --json | jq -r 'select(.source != "default").key'
            """
    )

    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        let sources = try serverOptions.settings(of: keyOptions.prefix)
        let configuration = try serverOptions.clientConfiguration(sources)
        sources.tellUnusedVariables()
        let given = serverOptions.given
        for setting in sources.settings {
            let option = given[setting.key]
            let row = Row(
                key: setting.key,
                value: option ?? setting.value(configuration) ?? sources.text(of: setting.key),
                unit: setting.unit.isEmpty ? nil : setting.unit,
                source: option == nil ? sources.source(of: setting) : "option",
                allowed: setting.range
            )
            if outputOptions.json { try StandardOutput.write(json: row) } else { try StandardOutput.write(row.line) }
        }
    }

    private struct Row: Encodable {
        let key: String
        @NullWhenNil var value: String?
        @NullWhenNil var unit: String?
        let source: String
        let allowed: String

        var line: String {
            let unit = value.flatMap { Double($0) } == nil ? nil : unit
            return "\(key) = \(value ?? "-")\(unit.map { " \($0)" } ?? "")  (\(source))"
        }
    }
}
