import ArgumentParser
import TestSupport
import Testing

@testable import MemcachedDictCommand

/// The scripts by which shells complete the command's arguments.
@Suite(.fewAtATime, .timeLimit(.minutes(60))) struct CommandCompletionTests {
    @Test(arguments: ["bash", "zsh", "fish"])
    func `a script names each subcommand, and its shell finds no error in it`(name: String) async throws {
        let run = try await memcachedDict(["--generate-completion-script", name])
        #expect(run.status == 0 && run.complaint.isEmpty, "\(run.complaint)")
        let words = Set(run.output.split { !$0.isLetter && $0 != "-" })
        let commands = RootCommand.configuration.subcommands + ConfigCommand.configuration.subcommands
        #expect(commands.count > 20)
        for command in commands {
            let word = try #require(command.configuration.commandName)
            #expect(words.contains(word[...]), "\(word)")
        }
        guard isInstalledOrMustBe(name) else { return }
        let check = try await shell(#""$0" --generate-completion-script "$1" | "$1" -n"#, name)
        #expect(check.status == 0 && check.complaint.isEmpty, "\(check.complaint)")
    }
}
