import ArgumentParser

@main
struct ManageCommand: AsyncParsableCommand {
    #if Management
    static let configuration = CommandConfiguration(
        commandName: "memcached-manage",
        abstract: "The management screen of a fleet of memcached servers, in the browser.",
        subcommands: [ServeScreenCommand.self, HashPasswordCommand.self],
        defaultSubcommand: ServeScreenCommand.self
    )
    #else
    static let configuration = CommandConfiguration(commandName: "memcached-manage")

    func run() throws {
        throw ValidationError(
            "This memcached-manage was built without the package's trait Management. Build it with that trait: "
                + "swift run --traits Management memcached-manage"
        )
    }
    #endif
}
