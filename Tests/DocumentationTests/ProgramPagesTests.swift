import ArgumentParser
import Foundation
import MemcachedDoctor
import TestSupport
import Testing

@testable import MemcachedDictCommand
@testable import MemcachedManagement

/// The catalogs of the two programs say what these can.
@Suite(.fewAtATime) struct ProgramPagesTests {
    @Test func `the table of the doctor's checks has all of them, and no other`() throws {
        let rows = try ProgramPages("MemcachedDictCommand").rows("Doctor.md")
        let checks = rows.map { $0[0].replacing("`", with: "") }
        #expect(Set(checks) == Set(DiagnosisFinding.Check.allCases.map(\.rawValue)))
        let severities = rows.flatMap { $0[1].split(separator: ", ") }
        #expect(severities.allSatisfy { Severity(rawValue: String($0)) != nil })
    }

    @Test func `the table of exit statuses has all of them, and no other`() throws {
        let rows = try ProgramPages("MemcachedDictCommand").rows("ExitStatus.md")
        #expect(rows.map { $0[0] } == (Int32(0)...255).filter { CommandStatus(rawValue: $0) != nil }.map(String.init))
    }

    @Test func `each subcommand of the command has its place in the catalog`() throws {
        let text = try ProgramPages("MemcachedDictCommand").text
        let commands = Subcommands(of: RootCommand.self).all
        #expect(commands.count > 20)
        for name in commands.keys {
            #expect(text.contains("`\(name)`") || text.contains("memcached-dict \(name)"), "\(name)")
        }
    }

    @Test func `the examples of the command call what there is, with options that it takes`() throws {
        try check(ProgramPages("MemcachedDictCommand"), "memcached-dict", RootCommand.self)
    }

    #if Management
    @Test func `the examples of the screen call what there is, with options that it takes`() throws {
        try check(ProgramPages("MemcachedManagement"), "memcached-manage", ManageCommand.self)
    }

    @Test func `each option of the screen has its place in the catalog`() throws {
        let text = try ProgramPages("MemcachedManagement").text
        let help = ManageCommand.helpMessage(for: ServeScreenCommand.self)
        for option in ProgramPages.options(help) where option != "--help" {
            #expect(text.contains(option), "\(option)")
        }
    }
    #endif

    private func check(_ pages: ProgramPages, _ program: String, _ root: any ParsableCommand.Type) throws {
        let subcommands = Subcommands(of: root).all
        let calls = pages.calls(of: program)
        #expect(!calls.isEmpty)
        for call in calls {
            let words = call.split(separator: " ").map(String.init)
            let names = [words.prefix(2).joined(separator: " "), words.first ?? ""]
            let isDefault = words.first?.hasPrefix("-") != false
            let command = names.lazy.compactMap { subcommands[$0] }.first
            let called = isDefault ? root.configuration.defaultSubcommand ?? root : command
            guard let called else {
                Issue.record("\(program) has no such subcommand: \(call)")
                continue
            }
            let known = ProgramPages.options(root.helpMessage(for: called)) + ["--generate-completion-script"]
            for option in ProgramPages.options(call) {
                #expect(known.contains(option), "\(program) \(call)")
            }
        }
    }
}

/// A command's subcommands by what is written for them, as in `config show`.
private struct Subcommands {
    let all: [String: any ParsableCommand.Type]

    init(of command: any ParsableCommand.Type, behind words: String = "") {
        all = command.configuration.subcommands.reduce(into: [:]) { all, subcommand in
            let name = words + (subcommand.configuration.commandName ?? "")
            all[name] = subcommand
            all.merge(Subcommands(of: subcommand, behind: name + " ").all) { one, _ in one }
        }
    }
}

/// The articles of a program's catalog.
private struct ProgramPages {
    private let articles: [String: String]

    init(_ module: String) throws {
        let catalog = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources/\(module)/\(module).docc")
        let files = try FileManager.default.contentsOfDirectory(at: catalog, includingPropertiesForKeys: nil)
        // Without what `.ci/docs` makes of the help.
        articles = try files.filter { $0.pathExtension == "md" && $0.lastPathComponent != "Reference.md" }
            .reduce(into: [:]) { articles, file in
                articles[file.lastPathComponent] = try String(contentsOf: file, encoding: .utf8)
            }
    }

    var text: String { articles.values.joined(separator: "\n") }

    /// The rows of an article's first table, without its head and the line below it.
    func rows(_ article: String) throws -> [[String]] {
        let lines = try #require(articles[article]).components(separatedBy: "\n")
        return lines.drop { !$0.hasPrefix("|") }.prefix { $0.hasPrefix("|") }.dropFirst(2).map { row in
            row.split(separator: "|").map { $0.trimmingCharacters(in: .whitespaces) }
        }
    }

    /// What shell examples call the program with, up to the end of that command.
    func calls(of program: String) -> [String] {
        articles.values.flatMap { $0.matches(of: /```sh\n((?s).*?)```/).map { String($0.output.1) } }
            .flatMap { $0.components(separatedBy: "\n") }
            .flatMap { line in line.components(separatedBy: program + " ").dropFirst() }
            .map { call in String(call.prefix { !"|>)#".contains($0) }) }
    }

    /// Long options, each once.
    static func options(_ text: String) -> Set<String> {
        Set(text.matches(of: /(?:^|[ \[])(--[a-z][a-z-]*)/).map { String($0.output.1) })
    }
}
