import ArgumentParser
import MemcachedTooling

struct ConfigCheckCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Check the file and the environment; nothing is connected.",
        discussion: """
            Ends with 0 where the file has nothing but settings, and all of them are within their ranges, else with 65, and says of each that \
            is not what it takes. Variables of the environment that begin with MEMCACHED_ and are no setting's are named as well; nothing reads \
            them, and the status is the same. So are those of dictionaries that the file doesn't name, which count for commands with that \
            --prefix; their values are checked.

              memcached-dict config check --config ./cache.json
            """
    )

    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup(visibility: .hidden) var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        let sources = try serverOptions.settings(of: keyOptions.prefix)
        try sources.check()
        _ = try serverOptions.configured(sources)
        sources.tellUnusedVariables()
        for variable in sources.unknownVariables {
            StandardError.write(once: "memcached-dict: \(variable.warning)")
        }
        try StandardOutput.write(
            sources.filePath.map { "\($0) is sound" } ?? "there is no configuration file, and the environment is sound"
        )
    }
}
