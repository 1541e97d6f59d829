import NIOCore
import Synchronization

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Standard output or standard error, written without a buffer.
enum StandardDescriptor {
    private static let isDeserted = Atomic(false)

    /// Whether nobody reads any more what is written.
    static var hasNoReader: Bool { isDeserted.load(ordering: .relaxed) }

    static func write(_ bytes: ByteBuffer, to descriptor: CInt) throws {
        let failure = bytes.withUnsafeReadableBytes { bytes -> CInt? in
            var rest = bytes[...]
            while !rest.isEmpty {
                let count = systemWrite(descriptor, UnsafeRawBufferPointer(rebasing: rest))
                if count < 0 {
                    if errno == EINTR { continue }
                    return errno
                }
                rest = rest.dropFirst(count)
            }
            return nil
        }
        // A reader that wants no more is no failure.
        guard failure != EPIPE else { return isDeserted.store(true, ordering: .relaxed) }
        guard let failure else { return }
        throw OutputFailure(reason: String(cString: strerror(failure)))
    }

    private static func systemWrite(_ descriptor: CInt, _ bytes: UnsafeRawBufferPointer) -> Int {
        #if canImport(Darwin)
        Darwin.write(descriptor, bytes.baseAddress, bytes.count)
        #elseif canImport(Musl)
        Musl.write(descriptor, bytes.baseAddress, bytes.count)
        #else
        Glibc.write(descriptor, bytes.baseAddress, bytes.count)
        #endif
    }
}
