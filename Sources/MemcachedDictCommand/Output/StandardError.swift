import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where explanations go.
enum StandardError {
    static func write(_ line: String) {
        // When that fails, too, there is nobody left to tell.
        try? StandardDescriptor.write(ByteBuffer(string: line + "\n"), to: STDERR_FILENO)
    }
}
