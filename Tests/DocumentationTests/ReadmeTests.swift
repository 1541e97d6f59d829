import Foundation
import Memcached
import MemcachedTesting
import TestSupport
import Testing

func render(_ page: String) async throws -> String { "<h1>\(page)</h1>" }

@Suite(.fewAtATime) struct ReadmeTests {
    @Test func `each Swift example of the README is compiled as it stands`() throws {
        let here = URL(filePath: #filePath).deletingLastPathComponent()
        let root = here.deletingLastPathComponent().deletingLastPathComponent()
        let readme = try String(contentsOf: root.appending(path: "README.md"), encoding: .utf8)
        let compiled = try String(contentsOf: here.appending(path: "ReadmeExamples.swift"), encoding: .utf8)
        let blocks = readme.matches(of: /(?s)```swift\n(.*?)```/).map { $0.output.1 }
        #expect(blocks.count >= 6)
        for block in blocks {
            let code = block.split(separator: "\n\n").filter { !$0.hasPrefix("import ") }.joined(separator: "\n\n")
            #expect(compiled.contains(code), "not in ReadmeExamples.swift:\n\(code)")
        }
    }

    @Test func `the README's examples do what they say`() async throws {
        try await withMemcachedTestServer { server in
            try await twoMinutes(servers: [server.address])
            try await serve(servers: [MemcachedServer(server.address)])
            try await withMemcachedClient(servers: [server.address]) { client in
                let profiles = MemcachedDict<Profile>(client, keyPrefix: "profiles", codec: .json())
                #expect(try await profiles["ada"]?.visits == 1)
                try await changing(profiles)
                try await counting(profiles)
                try await racing(profiles)
                #expect(try await profiles["ada"]?.visits == 4)
                #expect(try await profiles["grace"]?.visits == 1)
                let pages = MemcachedDict<String>(client, keyPrefix: "pages", codec: .text())
                try await more(profiles, pages)
                #expect(try await pages["home"] == "<h1>home</h1>")
            }
        }
        #expect(try await sessionsExpire())
    }
}
