import MemcachedFraming
import NIOCore

extension Reply {
    init(
        to head: CommandHead,
        status: Status = .success,
        cas: UInt64 = 0,
        flags: UInt32? = nil,
        key: ByteBuffer = ByteBuffer(),
        value: ByteBuffer = ByteBuffer()
    ) {
        self.init(
            opcode: head.opcode,
            status: status,
            opaque: head.header.opaque,
            cas: cas,
            flags: flags,
            key: key,
            value: value
        )
    }

    /// An error's reply, which carries the command's own opcode, quiet or not.
    init(to head: CommandHead, _ refusal: Refusal) {
        self.init(to: head, status: refusal.status, value: ByteBuffer(string: refusal.text))
    }
}

extension ReplyQueue {
    /// A command has succeeded. A quiet one keeps silent about it.
    mutating func acknowledge(_ head: CommandHead, cas: UInt64 = 0, value: ByteBuffer = ByteBuffer()) {
        guard !head.opcode.isQuiet else { return }
        append(Reply(to: head, cas: cas, value: value))
    }

    mutating func refuse(_ head: CommandHead, _ refusal: Refusal) {
        append(Reply(to: head, refusal))
    }

    /// What GET, TOUCH and their kin have found.
    mutating func append(_ item: StoredItem?, to head: CommandHead) {
        let withKey = head.opcode.loudTwin == .getWithKey || head.opcode.loudTwin == .getAndTouchWithKey
        guard let item else {
            guard !head.opcode.isQuiet else { return }
            guard withKey else {
                refuse(head, .notFound)
                return
            }
            // With its key, a miss has no text.
            append(Reply(to: head, status: .keyNotFound, key: head.key))
            return
        }
        append(
            Reply(
                to: head,
                cas: item.cas,
                flags: item.flags,
                key: withKey ? item.key : ByteBuffer(),
                value: head.opcode == .touch ? ByteBuffer() : item.value
            )
        )
    }
}
