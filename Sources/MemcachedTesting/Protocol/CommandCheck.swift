import MemcachedFraming

/// What memcached makes of a command by its head alone, in its own order: the lengths, the key's length, the command's shape.
enum CommandCheck: Sendable, Equatable {
    case answer
    /// The command carries a value of this many bytes, which comes next.
    case readValue(bytes: Int)
    /// Refused, and the connection is closed after the reply.
    case refuse(Refusal)
    /// Refused, but this many more bytes are swallowed first, and the reply is held back for as long.
    case swallow(bytes: Int, Refusal)

    init(_ head: CommandHead) {
        let (extras, key) = (Int(head.header.extrasLength), Int(head.header.keyLength))
        let rest = head.valueLength
        guard rest >= 0 else {
            self = .refuse(.unknownCommand)
            return
        }
        guard key <= ItemKey.maximumLength else {
            self = .refuse(.invalidArguments)
            return
        }
        let isWellFormed: Bool
        var answer = CommandCheck.answer
        switch head.opcode.loudTwin {
        case .get, .getWithKey, .delete:
            isWellFormed = extras == 0 && key > 0 && rest == 0
        case .set, .add, .replace:
            isWellFormed = extras == 8 && key > 0
            answer = .readValue(bytes: rest)
        case .append, .prepend:
            isWellFormed = extras == 0 && key > 0
            answer = .readValue(bytes: rest)
        case .increment, .decrement:
            isWellFormed = extras == 20 && key > 0 && rest == 0
        case .quit, .noop, .version:
            isWellFormed = extras == 0 && key == 0 && rest == 0
        case .flush:
            isWellFormed = (extras == 0 || extras == 4) && key == 0 && rest == 0
        case .stat:
            // A value goes unnoticed here and below, and is taken for the next command.
            isWellFormed = extras == 0
        case .touch, .getAndTouch, .getAndTouchWithKey:
            isWellFormed = extras == 4 && key > 0
        case .saslListMechanisms:
            isWellFormed = extras == 0 && key == 0 && rest == 0
            answer = .swallow(bytes: 0, .unknownCommand)
        case .saslAuthenticate, .saslStep:
            isWellFormed = extras == 0 && key > 0
            answer = .swallow(bytes: rest, .unknownCommand)
        default:
            isWellFormed = true
            // Extras and key were read already, yet the whole body's length is swallowed again. The server holds it in a
            // signed number, and swallows nothing where that is negative.
            answer = .swallow(bytes: max(0, Int(Int32(truncatingIfNeeded: head.header.bodyLength))), .unknownCommand)
        }
        self = isWellFormed ? answer : .refuse(.invalidArguments)
    }
}
