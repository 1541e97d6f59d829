import NIOCore

extension ByteBuffer {
    /// Writes `length` bytes, all of which `body` stores.
    ///
    /// `writeWithUnsafeMutableBytes` is a call more, and a dearer or a cheaper one depending on the order in which a program is linked.
    @inline(__always)
    mutating func write(_ length: Int, _ body: (UnsafeMutableRawBufferPointer) -> Void) {
        reserveCapacity(minimumWritableBytes: length)
        let start = writerIndex
        withVeryUnsafeMutableBytes { body(UnsafeMutableRawBufferPointer(rebasing: $0[start..<start + length])) }
        moveWriterIndex(forwardBy: length)
    }
}
