import Foundation
import Subprocess

/// The user's editor.
struct EditorProgram {
    private let command: String

    /// The one that VISUAL or EDITOR names, with its options, as for git; else vi.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let named = ["VISUAL", "EDITOR"].compactMap { environment[$0] }
        command = named.first { !$0.isEmpty } ?? "vi"
    }

    /// Returns when the user has left the editor.
    func edit(_ path: String) async throws {
        // An interrupt from the terminal is the editor's. A handler, since what is ignored would be so in the editor, too.
        let before = [SIGINT, SIGQUIT].map { number in (number, signal(number) { _ in }) }
        defer {
            for (number, handler) in before { signal(number, handler) }
        }
        let result = try await Subprocess.run(
            .name("sh"),
            arguments: ["-c", "\(command) \"$1\"", "sh", path],
            input: .currentStandardInput,
            output: .currentStandardOutput,
            error: .currentStandardError
        )
        guard result.terminationStatus.isSuccess else {
            throw Complaint(
                "the editor '\(command)' ended with \(result.terminationStatus); nothing was changed",
                advice: "Name another one with EDITOR.",
                status: .refusedInput
            )
        }
    }
}
