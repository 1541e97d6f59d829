import CZlib

/// One direction of zlib with its state: some 270 kB to deflate, 40 kB to inflate, too much to build for each value.
///
/// A stream is used by one caller at a time, who takes it from ``ZlibStreamPool``; hence the unchecked conformance.
final class ZlibStream: @unchecked Sendable {
    /// What it is for. A stream keeps its level: `deflateParams` of zlib 1.2.9 to 1.2.11 writes what it believes due of a value before, to
    /// where that was.
    enum Use: Hashable {
        case deflating(ZlibLevel)
        case inflating
    }

    /// In memory of its own, since zlib keeps a pointer back to it.
    let state: UnsafeMutablePointer<z_stream>
    let use: Use

    init(_ use: Use) throws(ValueCodecError) {
        self.use = use
        state = .allocate(capacity: 1)
        state.initialize(to: z_stream())
        let size = Int32(MemoryLayout<z_stream>.size)
        let status =
            switch use {
            case .deflating(let level): deflateInit_(state, Int32(level.value), ZLIB_VERSION, size)
            case .inflating: inflateInit_(state, ZLIB_VERSION, size)
            }
        guard status == Z_OK else {
            throw ValueCodecError(.outOfMemory, "zlib can't allocate its state (status \(status))")
        }
    }

    deinit {
        // After a failed initialisation these find no state, and say so without harm.
        switch use {
        case .deflating: deflateEnd(state)
        case .inflating: inflateEnd(state)
        }
        state.deinitialize(count: 1)
        state.deallocate()
    }

    /// Readies the stream for a value to deflate.
    func reset() throws(ValueCodecError) {
        try check(deflateReset(state))
    }

    /// Readies the stream for a value to inflate.
    func reset(gzip: Bool) throws(ValueCodecError) {
        // 16 more than the window's size asks zlib for the gzip wrapper, and for no other.
        try check(inflateReset2(state, gzip ? MAX_WBITS + 16 : MAX_WBITS))
    }

    private func check(_ status: Int32) throws(ValueCodecError) {
        guard status == Z_OK else {
            throw ValueCodecError(.outOfMemory, "zlib can't reset its state (status \(status))")
        }
    }
}
