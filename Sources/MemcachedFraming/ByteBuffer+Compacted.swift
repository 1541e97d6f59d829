package import NIOCore

extension ByteBuffer {
    /// The readable bytes: in memory of their own where they are less than a quarter of what they would keep otherwise, as a small
    /// value does in a large buffer that was read from a socket.
    ///
    /// - Parameter capacity: up to this size, in bytes, memory is kept whatever it holds.
    package consuming func compacted(above capacity: Int = 256) -> ByteBuffer {
        // Asked once: each time is an access that the runtime checks.
        let held = storageCapacity
        guard held > capacity, held / 4 > readableBytes else { return self }
        var compact = ByteBufferAllocator().buffer(capacity: readableBytes)
        compact.writeImmutableBuffer(self)
        return compact
    }
}
