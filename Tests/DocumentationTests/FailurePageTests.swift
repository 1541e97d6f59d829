import Foundation
import TestSupport
import Testing

/// The table of the article on failures names a test for each fault.
@Suite(.fewAtATime) struct FailurePageTests {
    @Test func `each test that the page names is there`() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let page = try String(
            contentsOf: root.appending(path: "Sources/Memcached/Memcached.docc/Failures.md"),
            encoding: .utf8
        )
        let named = page.matches(of: /\| `(\w+)`: (.+) \|\n/).map {
            (file: "\($0.output.1).swift", test: "\($0.output.2)")
        }
        let table = try #require(page.components(separatedBy: "\n## ").first { $0.hasPrefix("Each failure\n") })
        // Without the head and the line below it.
        let rows = table.components(separatedBy: "\n").filter { $0.hasPrefix("|") }.dropFirst(2)
        #expect(named.count == rows.count && !named.isEmpty)
        let tests = root.appending(path: "Tests")
        let paths = FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []
        for (file, test) in named {
            let lines = try paths.filter { $0.hasSuffix("/" + file) }.flatMap {
                try String(contentsOf: tests.appending(path: $0), encoding: .utf8).components(separatedBy: "\n")
            }
            let isThere = lines.contains { line in
                !line.drop { $0 == " " }.hasPrefix("//")
                    && (line.contains("func `\(test)`(") || line.contains("@Test(\"\(test)\""))
            }
            #expect(isThere, "\(file) has no test '\(test)'")
        }
    }
}
