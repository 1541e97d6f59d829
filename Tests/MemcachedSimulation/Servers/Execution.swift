import MemcachedFraming
import NIOCore

/// A command that a server has executed: the truth that a client's outcomes are held against.
struct Execution {
    /// Its place in the order of all that has happened.
    let sequence: Int
    let server: Int
    let incarnation: Int
    /// The connection that the command came on; 0 for other clients'.
    let link: Int
    /// The loud one, quiet or not.
    let opcode: Opcode
    let key: String
    /// The operation that it belongs to, where the command carries something that tells.
    let operation: Int?
    let requestCAS: UInt64
    /// The status as the server meant it, whatever became of the reply.
    let status: Status
    /// The item's CAS, as a reply tells it.
    let cas: UInt64
    /// What was there before a mutation; what a read has found.
    let before: String?
    /// What is there after a mutation.
    let after: String?

    var isSuccess: Bool { status == .success }
}
