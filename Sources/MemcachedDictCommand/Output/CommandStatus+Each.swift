extension CommandStatus {
    /// Does something for each element, explains what fails, and goes on: one failure hides nothing of the others.
    ///
    /// - Returns: the highest status.
    static func highest<Element>(
        of elements: [Element],
        _ body: (Element) async throws -> CommandStatus
    ) async -> CommandStatus {
        var highest = CommandStatus.done
        for element in elements {
            do {
                highest = max(highest, try await body(element))
            } catch {
                let complaint = Complaint(error)
                complaint.print()
                highest = max(highest, complaint.status)
            }
        }
        return highest
    }
}
