import Foundation

/// A step of the DocC tutorial that changes a file: `03-02-Sessions.swift` is the second step of the third section.
struct TutorialStep: Sendable, CustomStringConvertible {
    /// The name of the code file in the catalog.
    let description: String
    /// The name of the file that a reader changes in it.
    let file: String
    /// What the reader's package is made of after it: the newest of each file, as paths.
    let sources: [String]

    static let folder = root.appending(path: "Sources/Memcached/Memcached.docc/Tutorial")

    var path: String { Self.resources.appending(path: description).path }

    /// All steps, in their order.
    static func all() throws -> [TutorialStep] {
        var newest: [String: TutorialStep] = [:]
        return try FileManager.default.contentsOfDirectory(atPath: resources.path).sorted().compactMap { name in
            guard let file = name.wholeMatch(of: /\d\d-\d\d-(\w+\.swift)/)?.output.1 else { return nil }
            var step = TutorialStep(description: name, file: String(file), sources: [])
            newest[step.file] = step
            step = TutorialStep(
                description: name,
                file: step.file,
                sources: newest.values.filter { $0.isManifest == step.isManifest && $0.isTest == step.isTest }
                    .map(\.path).sorted()
            )
            return step
        }
    }

    var isManifest: Bool { file == "Package.swift" }
    var isTest: Bool { file.hasSuffix("Tests.swift") }

    /// The code of the step.
    var code: String {
        get throws { try String(contentsOfFile: path, encoding: .utf8) }
    }

    /// The same file in Sources/Examples, without what only this package needs.
    var exampleCode: String {
        get throws {
            let folder = Self.root.appending(path: "Sources/Examples/\(isTest ? "Test" : "Service")")
            return try String(contentsOf: folder.appending(path: file), encoding: .utf8)
                .replacing("#if Management\n", with: "").replacing("#endif\n", with: "")
                .replacing("import TestSupport\n", with: "").replacing("@Suite(.fewAtATime)", with: "@Suite")
        }
    }

    private static let resources = folder.appending(path: "Resources")
    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()
}
