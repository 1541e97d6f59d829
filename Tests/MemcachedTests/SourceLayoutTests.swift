import Foundation
import TestSupport
import Testing

/// The package's folders, and who may know whom. The arrows run one way, so that a reader can start at the bottom.
@Suite(.fewAtATime) struct SourceLayoutTests {
    @Test(arguments: ["Connection", "JSON", "Observability", "Routing", "Coding", "Dictionary"])
    func `each folder names types of the folders below it only`(folder: String) throws {
        let allowed: [String: Set<String>] = [
            "Connection": [],
            "JSON": [],
            "Coding": ["JSON"],
            "Observability": ["Connection"],
            "Routing": ["Connection", "JSON", "Observability"],
            // Errors and versions are the connection's, and everybody's above it.
            "Dictionary": ["Coding", "Routing", "Observability", "Connection"],
        ]
        let folders = try SourceFile.all(under: "Memcached").filter { allowed[$0.folder] != nil }
        var owners: [Substring: Set<String>] = [:]
        for file in folders {
            for type in file.declaredTypes { owners[type, default: []].insert(file.folder) }
        }
        for file in folders where file.folder == folder {
            for word in file.words {
                guard let owner = owners[word], owner.count == 1, let other = owner.first, other != folder else {
                    continue
                }
                #expect(allowed[folder]?.contains(other) == true, "\(file.path) names \(word), which is \(other)'s")
            }
        }
        #expect(!owners.isEmpty)
    }

    @Test(arguments: [
        "Memcached", "MemcachedDictCommand", "MemcachedDoctor", "MemcachedFraming", "MemcachedManagement",
        "MemcachedTesting",
        "MemcachedTooling",
    ])
    func `no folders and no files of a module form a loop`(module: String) throws {
        let files = try SourceFile.all(under: module)
        var owners: [Substring: Set<String>] = [:]
        for file in files {
            for type in file.declaredTypes { owners[type, default: []].insert(file.path) }
        }
        var uses = Graph()
        var folders = Graph()
        for file in files {
            for word in file.words {
                guard let owner = owners[word], owner.count == 1, let other = owner.first else { continue }
                uses.connect(file.path, to: other)
                folders.connect(SourceFile.directory(of: file.path), to: SourceFile.directory(of: other))
            }
        }
        #expect(uses.loop == nil)
        #expect(folders.loop == nil)
    }

    @Test func `only the named places import what ties the package to a system or a service`() throws {
        let programs = ["MemcachedDictCommand", "MemcachedManagement", "MemcachedTooling"]
        let places: [(module: String, allowed: (SourceFile) -> Bool)] = [
            ("NIOPosix", { $0.name == "SocketTransport.swift" || $0.module == "MemcachedTesting" }),
            ("NIOTransportServices", { $0.name == "SocketTransport.swift" }),
            ("CryptoExtras", { ["PasswordDerivation.swift", "PasswordHash.swift"].contains($0.name) }),
            (
                "NIOSSL",
                { $0.folder == "Connection" && $0.name.hasPrefix("TLS") || $0.name == "ServeScreenCommand.swift" }
            ),
            ("NIOTLS", { $0.name == "TLSHandshakeHandler.swift" }),
            ("Metrics", { $0.folder == "Observability" || $0.folder == "Prometheus" }),
            ("Tracing", { $0.folder == "Observability" }),
            ("CZlib", { $0.folder == "Coding" }),
            ("MemcachedFraming", { $0.folder != "Coding" }),
            ("Memcached", { programs.contains($0.module) || $0.module == "MemcachedDoctor" }),
            ("ArgumentParser", { ["MemcachedDictCommand", "MemcachedManagement"].contains($0.module) }),
            ("Subprocess", { $0.module == "MemcachedDictCommand" && $0.folder == "Processes" }),
            ("ServiceLifecycle", { $0.name == "MemcachedClient+Run.swift" || $0.module == "MemcachedManagement" }),
            ("Yams", { ["SettingsFormat.swift", "KeyListing+YAML.swift"].contains($0.name) }),
            (
                "Configuration",
                {
                    $0.name.hasSuffix("+Config.swift") || $0.name.hasPrefix("KeyListing") || $0.folder == "Settings"
                        || ["ListedSnapshot.swift", "SettingsReading.swift"].contains($0.name)
                }
            ),
        ]
        for file in try SourceFile.all(under: "") {
            for (module, allowed) in places where file.imports.contains(module[...]) {
                #expect(allowed(file), "\(file.path) imports \(module)")
            }
        }
    }

    @Test func `framing imports NIOCore alone`() throws {
        for file in try SourceFile.all(under: "MemcachedFraming") {
            #expect(file.imports.isSubset(of: ["NIOCore"]), "\(file.path) imports \(file.imports)")
        }
    }

    @Test func `no library needs the whole of Foundation where its essentials are there`() throws {
        let programs = ["MemcachedDictCommand", "MemcachedManagement", "MemcachedTooling"]
        for file in try SourceFile.all(under: "") where !programs.contains(file.module) {
            guard file.imports.contains("Foundation") else { continue }
            #expect(file.code.contains("#if canImport(FoundationEssentials)"), "\(file.path) imports Foundation")
        }
    }

    @Test func `no module bears the name of a type inside it`() throws {
        for file in try SourceFile.all(under: "") {
            #expect(!file.declaredTypes.contains(file.module[...]), "\(file.path)")
        }
    }
}

/// Who names whom.
private struct Graph {
    private var arrows: [String: Set<String>] = [:]

    mutating func connect(_ one: String, to other: String) {
        if one != other { arrows[one, default: []].insert(other) }
    }

    /// A way that ends where it began; nil where there is none.
    var loop: [String]? {
        var done: Set<String> = []
        var way: [String] = []
        func follow(_ node: String) -> [String]? {
            if let start = way.firstIndex(of: node) { return way[start...] + [node] }
            guard !done.contains(node) else { return nil }
            way.append(node)
            for next in (arrows[node] ?? []).sorted() {
                if let loop = follow(next) { return loop }
            }
            way.removeLast()
            done.insert(node)
            return nil
        }
        for node in arrows.keys.sorted() {
            if let loop = follow(node) { return loop }
        }
        return nil
    }
}

/// A file of Sources, without its comments and texts.
private struct SourceFile {
    let path: String
    let module: String
    /// The folder within the module; empty for a file at its top.
    let folder: String
    let code: String

    var name: String { path.split(separator: "/").last.map(String.init) ?? path }

    var words: Set<Substring> {
        Set(code.matches(of: /\b[A-Z]\w*/).map { $0.output })
    }

    var imports: Set<Substring> {
        Set(code.matches(of: /(?m)^\s*(?:\w+ )?import (?:(?:struct|class|enum|func) )?(\w+)/).map { $0.output.1 })
    }

    /// Types declared at the top level: extensions don't declare.
    var declaredTypes: Set<Substring> {
        let declaration =
            /(?m)^(?:@\w+ )*(?:(?:public|package|final|indirect) )*(?:struct|class|enum|actor|protocol|typealias) (\w+)/
        return Set(code.matches(of: declaration).map { $0.output.1 })
    }

    static func directory(of path: String) -> String {
        path.split(separator: "/").dropLast().joined(separator: "/")
    }

    static func all(under folder: String) throws -> [SourceFile] {
        let sources = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().appending(path: "Sources")
        let root = folder.isEmpty ? sources : sources.appending(path: folder)
        let paths = FileManager.default.enumerator(atPath: root.path)?.compactMap { $0 as? String } ?? []
        // The examples and the tutorial's code are programs of their own.
        let own = paths.filter { $0.hasSuffix(".swift") && !$0.hasPrefix("Examples/") && !$0.contains(".docc/") }
        return try own.sorted().map { relative in
            let path = folder.isEmpty ? relative : folder + "/" + relative
            let parts = path.split(separator: "/").map(String.init)
            let text = try String(contentsOf: sources.appending(path: path), encoding: .utf8)
            return SourceFile(
                path: path,
                module: parts[0],
                folder: parts.count > 2 ? parts[1] : "",
                code: text.replacing(/\/\/[^\n]*/, with: "")
                    .replacing(/(?s)""".*?"""/, with: "")
                    .replacing(/"(?:\\.|[^"\\\n])*"/, with: "")
            )
        }
    }
}
