import ArgumentParser
import MemcachedTooling

/// The command as the shell calls it: parses, runs, and ends with the status of what happened.
@main
struct RootCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "memcached-dict",
        abstract: "Memcached as a dictionary: typed values by key, compare-and-swap, compression.",
        discussion: """
            Start with 'memcached-dict demo': it needs no server, and shows what there is to know.

            Options that many subcommands share: --server, --config, --timeout, --user, --password-file, --tls and its kin, --prefix, \
            --codec, --compress-above, --json. A subcommand that has no use for one of them takes it and ignores it, so that a \
            script can give the same to all.

            Exit status: \(CommandStatus.list). Of several the highest is given.
            """,
        groupedSubcommands: [
            CommandGroup(name: "First Look", subcommands: [DemoCommand.self, ServeCommand.self]),
            CommandGroup(
                name: "Reading",
                subcommands: [GetCommand.self, InspectCommand.self, LocateCommand.self]
            ),
            CommandGroup(
                name: "Storing",
                subcommands: [
                    SetCommand.self, EditCommand.self, AddCommand.self, ReplaceCommand.self, CompareAndSwapCommand.self,
                    AppendCommand.self,
                    PrependCommand.self, IncrementCommand.self, DecrementCommand.self, TouchCommand.self,
                    DeleteCommand.self,
                ]
            ),
            CommandGroup(
                name: "Server",
                subcommands: [
                    DoctorCommand.self, TopCommand.self, StatsCommand.self, PingCommand.self, VersionCommand.self,
                    FlushCommand.self, ConfigCommand.self,
                ]
            ),
            CommandGroup(name: "Proof", subcommands: [SoakCommand.self, BenchCommand.self]),
        ]
    )

    static func main() async {
        StandardOutput.outlivesItsReader()
        let arguments = Array(CommandLine.arguments.dropFirst())
        do {
            try refuseOtherThanText()
            var command = try parseAsRoot(arguments.takingNegativeNumbers)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // What the parser itself throws: help, wrong usage, and the statuses that commands end with.
            let slip = exitCode(for: error) == .validationFailure ? arguments.first.flatMap(complaint(of:)) : nil
            guard slip != nil || (exitCode(for: error) == .failure && !(error is ExitCode)) else {
                exit(withError: error)
            }
            let complaint = slip ?? Complaint(error)
            complaint.print()
            exit(withError: complaint.status.exitCode)
        }
    }

    /// Swift has replaced what isn't UTF-8 in its arguments, and the key or the value would be another one.
    private static func refuseOtherThanText() throws {
        for number in 1..<max(1, Int(CommandLine.argc)) {
            guard let argument = CommandLine.unsafeArgv[number], String(validatingCString: argument) == nil else {
                continue
            }
            throw Complaint(
                "argument \(number) is not UTF-8, and nothing was done",
                advice: "Keys and paths are UTF-8. Other values come through standard input, with '-' in their place.",
                status: .usage
            )
        }
    }

    /// What to say of a word that stands for a subcommand and is none, where one is near.
    private static func complaint(of word: String) -> Complaint? {
        let names = configuration.subcommands.compactMap { $0.configuration.commandName }
        guard !names.contains(word), let near = word.nearest(among: names) else { return nil }
        return Complaint(
            "there is no subcommand '\(word)'; did you mean '\(near)'?",
            advice: "'memcached-dict --help' lists them.",
            status: .usage
        )
    }
}
