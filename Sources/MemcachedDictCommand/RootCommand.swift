import ArgumentParser

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

            Exit status: 0 done, 1 a key is missing, 3 a conflict with another writer, 4 a soak found a defect, 5 the doctor has a \
            warning, 6 the doctor found a server unfit, 64 wrong usage, 65 undecodable or refused input, 69 a server can't be reached, \
            74 the output can't be written, 75 timed out, 76 a server broke the protocol, 77 authentication is required or was refused. \
            Of several the highest is given.
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
        do {
            var command = try parseAsRoot(Array(CommandLine.arguments.dropFirst()).takingNegativeNumbers)
            if var command = command as? any AsyncParsableCommand {
                try await command.run()
            } else {
                try command.run()
            }
        } catch {
            // What the parser itself throws: help, wrong usage, and the statuses that commands end with.
            guard exitCode(for: error) == .failure, !(error is ExitCode) else { exit(withError: error) }
            let complaint = Complaint(error)
            complaint.print()
            exit(withError: complaint.status.exitCode)
        }
    }
}
