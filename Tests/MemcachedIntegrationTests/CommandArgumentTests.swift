import ArgumentParser
import Memcached
import TestSupport
import Testing

@testable import MemcachedDictCommand

@Suite("The command's arguments and statuses", .fewAtATime)
struct CommandArgumentTests {
    @Test(
        "A lifetime is seconds, or a number with a unit; 0 and 'never' have no end",
        arguments: [
            ("90", Expiration.after(.seconds(90))), ("1.5", .after(.seconds(1.5))), ("90s", .after(.seconds(90))),
            ("15m", .after(.seconds(900))), ("12h", .after(.seconds(43_200))), ("30d", .after(.seconds(2_592_000))),
            ("0", .never), ("never", .never),
        ]
    )
    func lifetime(text: String, expiration: Expiration) {
        #expect(ExpirationArgument(argument: text)?.expiration == expiration)
    }

    @Test(
        "What is no lifetime is refused",
        arguments: ["", "-5", "m", "1w", "soon", "1e3", "inf", "nan", "99999999999", "1.2.3"]
    )
    func noLifetime(text: String) {
        #expect(ExpirationArgument(argument: text) == nil)
    }

    @Test(
        "Negative numbers go after a '--', with KEY and VALUE in their order",
        arguments: [
            ("set n -5", "set -- n -5"), ("set n -5 --server x", "set --server x -- n -5"),
            ("set --json n -5", "set --json -- n -5"), ("set --timeout=3 -5 hello", "set --timeout=3 -- -5 hello"),
            ("set --tls n -5", "set --tls -- n -5"), ("set n --tls -5", "set --tls -- n -5"),
            ("set --allow-plain-text n -5", "set --allow-plain-text -- n -5"),
            ("append n --help -5", "append --help -- n -5"), ("set --tls-ca f n -5", "set --tls-ca f -- n -5"),
            ("cas n -5 --version -1", "cas --version -1 -- n -5"), ("append -5 -", "append -- -5 -"),
        ]
    )
    func negativeNumbers(arguments: String, expected: String) {
        #expect(words(arguments).takingNegativeNumbers == words(expected))
    }

    @Test(
        "Arguments stay as they are where that isn't certain",
        arguments: [
            "set n 5", "set n -x", "set -5", "set -5 n hello", "set n --compress-above -1", "set -5 --nonsense n",
            "set -- n -5", "increment c --by -1", "get -5", "demo", "",
        ]
    )
    func otherArguments(arguments: String) {
        #expect(words(arguments).takingNegativeNumbers == words(arguments))
    }

    @Test func `the help tells each exit status`() {
        let help = RootCommand.helpMessage(columns: 10_000)
        #expect(help.contains("Exit status: \(CommandStatus.list)."), "\(help)")
        for status in CommandStatus.allCases { #expect(CommandStatus.list.contains("\(status.rawValue) ")) }
    }

    @Test func `a word that is nearly a subcommand is told as such`() async throws {
        let near = try await memcachedDict(["gett", "x"])
        #expect(near.status == 64 && near.output.isEmpty)
        #expect(near.complaint.contains("there is no subcommand 'gett'; did you mean 'get'?"), "\(near.complaint)")
        for words in [["frobnicate"], ["get"], ["--gett"]] {
            let other = try await memcachedDict(words)
            #expect(other.status == 64 && !other.complaint.contains("did you mean 'get'"), "\(other.complaint)")
        }
    }

    @Test func `each subcommand's help has an example`() throws {
        func check(_ command: any ParsableCommand.Type, after parents: [String]) throws -> Int {
            let words = parents + [try #require(command.configuration.commandName)]
            let name = words.joined(separator: " ")
            let groups = command.configuration.groupedSubcommands
            let commands = command.configuration.subcommands + groups.flatMap(\.subcommands)
            if !parents.isEmpty { #expect(command.configuration.discussion.contains(name), "\(name)") }
            return try commands.reduce(1) { try $0 + check($1, after: words) }
        }
        #expect(try check(RootCommand.self, after: []) > 25)
    }

    @Test func `what a terminal would obey is shown, and tabs stay`() {
        #expect("\t<é\u{1F600}>".printable == "\t<é\u{1F600}>")
        #expect("a\u{1B}[2J\u{9B}\u{7F}\r\nb\0".printable == #"a\u{1b}[2J\u{9b}\u{7f}\u{d}\u{a}b\u{0}"#)
    }

    private func words(_ line: String) -> [String] {
        line.split(separator: " ").map(String.init)
    }

    @Test(
        "Each failure has its status",
        arguments: [
            (MemcachedError.Code.timedOut, CommandStatus.timedOut), (.connectionFailed, .unreachable),
            (.connectionLost, .unreachable), (.protocolViolation, .brokenProtocol),
            (.authenticationRequired, .unauthenticated), (.authenticationFailed, .unauthenticated),
            (.invalidKey, .refusedInput), (.valueTooLarge, .refusedInput), (.undecodable, .refusedInput),
            (.unencodable, .refusedInput), (.versionUnusable, .refusedInput), (.notANumber, .refusedInput),
            (.invalidArgument, .usage), (.tooManyConflicts, .conflict),
        ]
    )
    func status(code: MemcachedError.Code, status: CommandStatus) {
        #expect(CommandStatus(MemcachedError(code, "why")) == status)
    }

    @Test("A change of unknown outcome has the status of what ended the wait")
    func unknownOutcome() {
        func unknown(_ cause: MemcachedError.Code) -> CommandStatus {
            CommandStatus(MemcachedError(.outcomeUnknown, "sent", cause: MemcachedError(cause, "why")))
        }
        #expect(unknown(.timedOut) == .timedOut)
        #expect(unknown(.connectionLost) == .unreachable)
        #expect(unknown(.protocolViolation) == .brokenProtocol)
    }
}
