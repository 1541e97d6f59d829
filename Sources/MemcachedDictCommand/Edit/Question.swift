#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Asks the person at the terminal.
enum Question {
    /// - Parameter answers: letters, each the first of a word of the question.
    /// - Returns: one of them; nil where nobody is there to answer.
    static func ask(_ question: String, _ answers: [String]) throws -> String? {
        guard isatty(STDIN_FILENO) == 1 else { return nil }
        while true {
            StandardError.write("\(question) [\(answers.joined(separator: "/"))]")
            guard let line = readLine() else { return nil }
            let first = line.prefix(1).lowercased()
            if answers.contains(first) { return first }
        }
    }
}
