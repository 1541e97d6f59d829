import Foundation
import Subprocess

/// The user's editor.
struct EditorProgram {
    private let command: String
    private let isNamed: Bool

    /// The one that VISUAL or EDITOR names, with its options, as for git; else vi.
    init(environment: [String: String] = ProcessInfo.processInfo.environment) {
        let named = ["VISUAL", "EDITOR"].compactMap { environment[$0] }.first { !$0.isEmpty }
        command = named ?? "vi"
        isNamed = named != nil
    }

    /// Returns when the user has left the editor. An editor that is named may need no terminal, as a script; vi does.
    func edit(_ path: String) async throws {
        guard isNamed || (isatty(STDIN_FILENO) == 1 && isatty(STDOUT_FILENO) == 1) else {
            throw Complaint(
                "neither VISUAL nor EDITOR names an editor, and without a terminal vi can't be used; nothing was changed",
                advice: "Name an editor that needs none, or store with 'memcached-dict set' or 'memcached-dict cas'.",
                status: .usage
            )
        }
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
                "the editor '\(command)' \(result.terminationStatus.words); nothing was changed",
                advice: "Name another one with EDITOR.",
                status: .refusedInput
            )
        }
    }
}
