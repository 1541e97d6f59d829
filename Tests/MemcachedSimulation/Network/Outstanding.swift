import DequeModule
import MemcachedFraming
import NIOCore

/// Commands that the client has sent and the server hasn't executed, counted from the bytes on the wire: the client's own bounds
/// hold for replies that are due, and so for these all the more.
struct Outstanding {
    private struct Command {
        let opcode: Opcode
        let bytes: Int
    }

    private var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 24)
    private var commands: Deque<Command> = []
    private(set) var bytes = 0
    var count: Int { commands.count }
    /// What the client has sent is not what the protocol knows.
    private(set) var isBroken = false

    mutating func sent(_ buffers: [ByteBuffer]) {
        for buffer in buffers { decoder.append(buffer) }
        do {
            while let frame = try decoder.next() {
                let length = FrameHeader.length + frame.body.readableBytes
                commands.append(Command(opcode: frame.header.opcode, bytes: length))
                bytes += length
            }
        } catch {
            isBroken = true
        }
    }

    mutating func executed() {
        if let command = commands.popFirst() { bytes -= command.bytes }
    }

    /// Whether it is more than one batch, or more than one command outside of batches. One alone may be over the bounds.
    var isSeveral: Bool {
        guard let first = commands.first, commands.count > 1 else { return false }
        // A batch is of one command, and its NOOP is its last.
        let isOneBatch =
            commands.last?.opcode == .noop
            && commands.dropLast().allSatisfy { $0.opcode == first.opcode && $0.opcode != .noop }
        return !isOneBatch
    }
}
