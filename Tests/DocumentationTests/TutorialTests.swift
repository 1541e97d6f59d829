import Foundation
import TestSupport
import Testing

/// The code of the DocC tutorial, as its readers have it after each step.
@Suite(.fewAtATime) struct TutorialTests {
    #if Management
    @Test(arguments: try TutorialStep.all())
    func `each step compiles`(step: TutorialStep) async throws {
        let complaint =
            if step.isManifest {
                try await BuiltModule("ExampleService").complaint(aboutManifest: step.path)
            } else {
                try await BuiltModule(step.isTest ? "ExampleTests" : "ExampleService").complaint(about: step.sources)
            }
        #expect(complaint == nil)
    }

    @Test func `a step that doesn't compile is noticed`() async throws {
        let step = try #require(try TutorialStep.all().first { $0.file == "Sessions.swift" })
        // A file is not a module of its own where it names another's types.
        let tests = try #require(try TutorialStep.all().last { $0.isTest })
        #expect(try await BuiltModule("ExampleService").complaint(about: [step.path]) == nil)
        #expect(try await BuiltModule("ExampleService").complaint(about: [step.path, step.path]) != nil)
        #expect(try await BuiltModule("ExampleService").complaint(aboutManifest: tests.path) != nil)
    }
    #endif

    @Test func `the last steps are the example's own code`() throws {
        var newest: [String: TutorialStep] = [:]
        for step in try TutorialStep.all() where !step.isManifest { newest[step.file] = step }
        #expect(newest.count >= 6)
        for step in newest.values {
            let (code, example) = (try step.code, try step.exampleCode)
            #expect(code == example, "\(step) is not as in Sources/Examples")
        }
    }

    @Test func `the steps are shown in their order, and all of them`() throws {
        let tutorials = try ["Connecting", "Remembering", "Failing"].map {
            try String(contentsOf: TutorialStep.folder.appending(path: "\($0).tutorial"), encoding: .utf8)
        }
        let shown = tutorials.joined().matches(of: /file: "(\S+\.swift)"/).map { String($0.output.1) }
        #expect(try shown == TutorialStep.all().map(\.description))
    }
}
