#if Management
import Foundation
import Subprocess

/// A module of this build, as SwiftPM compiled it: other files can be checked with the same flags.
struct BuiltModule: Sendable {
    private let compiler: String
    private let flags: [String]

    init(_ name: String) throws {
        let description = try JSONDecoder().decode(BuildDescription.self, from: Data(contentsOf: Self.description()))
        guard let command = description.swiftCommands.values.first(where: { $0.moduleName == name }) else {
            throw CocoaError(.fileNoSuchFile, userInfo: [NSDebugDescriptionErrorKey: "no module \(name)"])
        }
        compiler = command.executable
        // What tells where modules and macros are, and what is an error; nothing of what is to be written where.
        let pairs: Set = [
            "-F", "-I", "-Xcc", "-load-plugin-executable", "-module-cache-path", "-plugin-path", "-target",
        ]
        let arguments = command.otherArguments
        flags =
            zip(arguments, arguments.dropFirst() + [""]).flatMap { argument, next in
                pairs.contains(argument) ? [argument, next] : []
            } + ["-I", command.importPath, "-swift-version", "6", "-warnings-as-errors"]
    }

    /// What the compiler has against the files, as parts of one module; nil where it has nothing.
    func complaint(about paths: [String]) async throws -> String? {
        try await compile(flags + ["-module-name", "Step", "-parse-as-library"] + paths)
    }

    /// What the compiler has against a package's manifest; nil where it has nothing.
    func complaint(aboutManifest path: String) async throws -> String? {
        let library = URL(filePath: compiler).deletingLastPathComponent().deletingLastPathComponent()
            .appending(path: "lib/swift/pm/ManifestAPI").path
        return try await compile(["-I", library, "-package-description-version", "6.2.0", "-swift-version", "6", path])
    }

    private func compile(_ arguments: [String]) async throws -> String? {
        // `env`, since an executable is named by a FilePath of another package or by a name on PATH.
        let result = try await Subprocess.run(
            .name("env"),
            arguments: Arguments([compiler, "-typecheck", "-wmo"] + arguments),
            output: .discarded,
            error: .string(limit: 1 << 20)
        )
        return result.terminationStatus.isSuccess ? nil : result.standardError
    }

    /// SwiftPM puts it beside the tests' bundle.
    private static func description() throws -> URL {
        let bundles = Bundle.allBundles.map(\.bundlePath).filter { $0.hasSuffix(".xctest") }
        for place in [CommandLine.arguments[0]] + bundles {
            var folder = URL(filePath: place).resolvingSymlinksInPath()
            for _ in 0..<4 {
                folder.deleteLastPathComponent()
                let file = folder.appending(path: "description.json")
                if FileManager.default.fileExists(atPath: file.path) { return file }
            }
        }
        throw CocoaError(.fileNoSuchFile, userInfo: [NSDebugDescriptionErrorKey: "no description.json of the build"])
    }
}

/// What SwiftPM writes of its plan.
private struct BuildDescription: Decodable {
    struct Command: Decodable {
        let executable: String
        let moduleName: String
        let importPath: String
        let otherArguments: [String]
    }

    let swiftCommands: [String: Command]
}
#endif
