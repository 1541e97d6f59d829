package import MemcachedFraming
import NIOCore

extension Reply {
    /// The error of a status that the command has no outcome for.
    package func unexpected(from server: ServerAddress, key: ItemKey? = nil) -> MemcachedError {
        let (code, what): (MemcachedError.Code, String) =
            switch status {
            case .valueTooLarge:
                (
                    .valueTooLarge,
                    "the server refused the value as too large and, of a SET, has dropped the item that was there. "
                        + "Compress the value, split it, or raise the server's item size (-I)"
                )
            case .outOfMemory:
                (
                    .outOfMemory,
                    "the server has no memory for the item and, of a SET, has dropped the one that was there; give it more (-m) "
                        + "or let it evict (no -M)"
                )
            case .nonNumericValue:
                (.notANumber, "the stored value is no decimal number from 0 to 18,446,744,073,709,551,615")
            case .authenticationError where opcode.loudTwin == .flush:
                // A server that wants authentication refuses the handshake already.
                (.refused, "the server doesn't allow FLUSH (it runs with -F)")
            case .authenticationError:
                (.authenticationRequired, "the server wants authentication")
            case .unknownCommand, .notSupported:
                (.refused, "the server doesn't know \(opcode)")
            case .busy, .temporaryFailure:
                (.refused, "the server can't answer now (\(status)); try again later")
            default:
                (.refused, "the server answered \(opcode) with '\(status)'")
            }
        let error = MemcachedError(code, what, server: server)
        return key.map(error.naming) ?? error
    }
}
