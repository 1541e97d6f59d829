import Memcached
import MemcachedFraming

/// Whether servers have lost an item: by an expiration, a flush, an eviction or a restart.
enum Loss {
    /// - Parameter executions: all of one key's, in order.
    static func isShown(by executions: [Execution]) -> Bool {
        // By server: whether it should have the item.
        var isThere: [Int: Bool] = [:]
        for execution in executions {
            if execution.before == nil, isThere[execution.server] == true { return true }
            guard execution.opcode.isMutation else {
                isThere[execution.server] = execution.before != nil
                continue
            }
            isThere[execution.server] = execution.after != nil
            let isRemoval = execution.opcode == .delete && execution.isSuccess
            // What can't be stored is dropped, and what it would have replaced as well.
            if execution.before != nil, execution.after == nil, !isRemoval { return true }
        }
        return false
    }
}
