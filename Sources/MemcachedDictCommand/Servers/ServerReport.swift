import Memcached

extension ServerOptions {
    /// Asks each server something, and prints for each, in the order in which they were named, what it answered; a failure goes
    /// to standard error. Ends with the status of all.
    func report<Answer>(
        _ ask: (MemcachedClient) async -> [ServerAddress: Result<Answer, MemcachedError>],
        _ print: (ServerAddress, Answer) throws -> Void
    ) async throws {
        let answers = try await withClient { await ask($0) }
        var status = CommandStatus.done
        for server in servers {
            do {
                guard let answer = try answers[server.address]?.get() else { continue }
                try print(server.address, answer)
            } catch {
                let complaint = Complaint(error)
                complaint.print()
                status = max(status, complaint.status)
            }
        }
        try status.end()
    }
}
