import Foundation

/// A target's seed corpus, a file for each input.
enum Seeds {
    /// Longer ones slow the fuzzer down.
    private static let longest = 1_024

    static func write(for target: FuzzTarget, to folder: String) throws {
        let inputs = Set(target.seeds(try Fixtures()).filter { $0.count <= longest })
        for (number, input) in inputs.enumerated() {
            try Data(input).write(to: URL(filePath: folder).appending(path: "seed-\(number)"))
        }
    }
}
