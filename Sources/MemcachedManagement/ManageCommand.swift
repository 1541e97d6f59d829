import ArgumentParser

@main
struct ManageCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "memcached-manage")
}
