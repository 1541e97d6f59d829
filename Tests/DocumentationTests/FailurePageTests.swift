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
        #expect(named.count >= 20)
        let tests = root.appending(path: "Tests")
        let paths = FileManager.default.enumerator(atPath: tests.path)?.compactMap { $0 as? String } ?? []
        for (file, test) in named {
            let texts = try paths.filter { $0.hasSuffix("/" + file) }.map {
                try String(contentsOf: tests.appending(path: $0), encoding: .utf8)
            }
            #expect(texts.contains { $0.contains(test) }, "\(file) has no test '\(test)'")
        }
    }
}
