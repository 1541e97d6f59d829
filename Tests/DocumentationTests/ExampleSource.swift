import Foundation

/// A file with examples.
struct ExampleSource: Sendable, CustomStringConvertible {
    let path: String
    let examples: [String]

    var description: String { path }

    /// The README, and whatever has an example below Sources.
    static func all() throws -> [ExampleSource] {
        let below = FileManager.default.enumerator(atPath: root.appending(path: "Sources").path)
        let paths = (below?.compactMap { $0 as? String } ?? []).sorted().map { "Sources/" + $0 }
        return try (["README.md"] + paths).compactMap { path in
            guard path.hasSuffix(".md") || path.hasSuffix(".swift") else { return nil }
            let text = try String(contentsOf: root.appending(path: path), encoding: .utf8)
            let examples = path.hasSuffix(".md") ? examples(inMarkdown: lines(text)) : examples(inSwift: text)
            return examples.isEmpty ? nil : ExampleSource(path: path, examples: examples)
        }
    }

    /// The code that an example has to be part of.
    static func compiledCode() throws -> String {
        let folder = root.appending(path: "Tests/DocumentationTests")
        let files = try FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)
            .filter { $0.lastPathComponent.hasSuffix("Examples.swift") }
        return try files.map { comparable(lines(try String(contentsOf: $0, encoding: .utf8))) }.joined()
    }

    private static let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    private static func lines(_ text: String) -> [Substring] {
        text.split(separator: "\n", omittingEmptySubsequences: false)
    }

    /// Lines without what differs where they stand: their indentation, gaps before remarks, empty lines, and imports.
    private static func comparable(_ lines: [Substring]) -> String {
        lines.map { $0.trimmingCharacters(in: .whitespaces).replacing(#/ +\/\//#, with: "  //") }
            .filter { !$0.isEmpty && !$0.hasPrefix("import ") }
            .map { $0 + "\n" }
            .joined()
    }

    /// The examples of documentation comments, each of which is Markdown of its own.
    private static func examples(inSwift text: String) -> [String] {
        var examples: [String] = []
        var comment: [Substring] = []
        for line in lines(text) + [""] {
            let code = line.drop { $0 == " " }
            if code.hasPrefix("///") {
                let text = code.dropFirst(3)
                comment.append(text.hasPrefix(" ") ? text.dropFirst() : text)
            } else if !comment.isEmpty {
                examples += Self.examples(inMarkdown: comment)
                comment = []
            }
        }
        return examples
    }

    /// Blocks fenced by ```swift, and those that are indented by four spaces behind an empty line.
    private static func examples(inMarkdown lines: [Substring]) -> [String] {
        var examples: [String] = []
        var index = lines.startIndex
        while index < lines.endIndex {
            let line = lines[index]
            if line.hasPrefix("```") {
                let end = lines[(index + 1)...].firstIndex { $0.hasPrefix("```") } ?? lines.endIndex
                if line == "```swift" { examples.append(comparable(Array(lines[(index + 1)..<end]))) }
                index = end + 1
            } else if line.hasPrefix("    "), index == lines.startIndex || lines[index - 1].isEmpty {
                let end = lines[index...].firstIndex { !$0.isEmpty && !$0.hasPrefix("    ") } ?? lines.endIndex
                examples.append(comparable(Array(lines[index..<end])))
                index = end
            } else {
                index += 1
            }
        }
        return examples.filter { !$0.isEmpty }
    }
}
