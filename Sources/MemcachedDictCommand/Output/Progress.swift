/// Tells a person who waits how far long work has come: on standard error, where that is a terminal, and no earlier than after a second.
enum Progress {
    private static let patience = Duration.seconds(1)
    private static let interval = Duration.milliseconds(200)

    /// Does the work.
    ///
    /// - Parameters:
    ///   - isTold: false where nobody is to be told.
    ///   - text: how far it is after such a time, in less than a line.
    static func telling<Value>(
        _ isTold: Bool,
        _ text: @escaping @Sendable (Duration) -> String,
        _ work: () async throws -> Value
    ) async throws -> Value {
        guard isTold, StandardError.isTerminal else { return try await work() }
        let telling = Task { await tell(text) }
        let result: Result<Value, any Error>
        do { result = .success(try await work()) } catch { result = .failure(error) }
        telling.cancel()
        // What the work has brought comes only when the line is gone.
        await telling.value
        return try result.get()
    }

    private static func tell(_ text: (Duration) -> String) async {
        var line = ProgressLine()
        let start = ContinuousClock.now
        var wait = patience
        while (try? await Task.sleep(for: wait)) != nil {
            StandardError.draw(line.drawing(text(ContinuousClock.now - start)))
            wait = interval
        }
        StandardError.draw(line.ending())
    }
}
