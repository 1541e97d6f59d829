import Foundation
import Subprocess

/// What one run of `memcached-dict` left behind.
struct CommandRun: Sendable {
    /// The exit status; of a run that a signal ended, its number below zero.
    let status: Int32
    let bytes: [UInt8]
    /// What it wrote to standard error.
    let complaint: String

    /// Standard output.
    var output: String { String(decoding: bytes, as: UTF8.self) }
    var lines: [String] { output.split(separator: "\n").map(String.init) }

    /// The string under a name in the first object that was printed.
    func member(_ name: String) throws -> String? {
        let first = Data((lines.first ?? "").utf8)
        return (try JSONSerialization.jsonObject(with: first) as? [String: Any])?[name] as? String
    }
}

/// Runs the command as a process of its own.
func memcachedDict(_ arguments: [String], input: some Sequence<UInt8> & Sendable = [UInt8]()) async throws -> CommandRun
{
    // `env`, since an executable is named by a FilePath of another package or by a name on PATH.
    try await run(.name("env"), Arguments([try commandPath()] + arguments), input: Array(input))
}

/// Runs a line of shell, to which `$0` is the command and `$1` the first of the arguments.
func shell(_ script: String, _ arguments: String...) async throws -> CommandRun {
    try await run(.name("sh"), Arguments(["-c", script, try commandPath()] + arguments), input: [])
}

private func run(_ executable: Executable, _ arguments: Arguments, input: [UInt8]) async throws -> CommandRun {
    let result = try await Subprocess.run(
        executable,
        arguments: arguments,
        input: .array(input),
        output: .bytes(limit: 1 << 24),
        error: .string(limit: 1 << 20)
    )
    let status: Int32 =
        switch result.terminationStatus {
        case .exited(let code): Int32(code)
        case .signaled(let signal): -Int32(signal)
        }
    return CommandRun(status: status, bytes: result.standardOutput, complaint: result.standardError)
}

/// SwiftPM puts the command beside the tests' bundle.
func commandPath() throws -> String {
    var places = [CommandLine.arguments[0]]
    places += Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") }
    for place in places {
        var folder = URL(filePath: place).resolvingSymlinksInPath()
        for _ in 0..<4 {
            folder.deleteLastPathComponent()
            let command = folder.appending(path: "memcached-dict").path
            if FileManager.default.isExecutableFile(atPath: command) { return command }
        }
    }
    throw MemcachedFailure("memcached-dict isn't beside \(places.joined(separator: " or "))")
}
