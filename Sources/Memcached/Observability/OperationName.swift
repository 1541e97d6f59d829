package import MemcachedFraming

/// What a call asks of a server, as metrics and spans name it: the protocol's command, CAS for a store that demands a version, and
/// `BATCH` before that of a batch.
package struct OperationName: Hashable, Sendable {
    private let opcode: Opcode
    private let isCompareAndSwap: Bool
    private let isBatch: Bool

    /// - Parameter isBatch: whether the call is for two keys or more.
    package init(_ request: Request, isBatch: Bool = false) {
        opcode = request.opcode.loudTwin
        isCompareAndSwap = request.cas != 0 && opcode != .delete
        self.isBatch = isBatch
    }

    /// A command without a key.
    package init(_ opcode: Opcode) {
        self.opcode = opcode
        isCompareAndSwap = false
        isBatch = false
    }
}

extension OperationName: CustomStringConvertible {
    package var description: String {
        let command = isCompareAndSwap ? "CAS" : "\(opcode)"
        return isBatch ? "BATCH \(command)" : command
    }
}
