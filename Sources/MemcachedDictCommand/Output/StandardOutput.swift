import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif
#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// Where results go.
enum StandardOutput {
    /// Lets the command end by itself when its reader has gone, as `head -1` does, and not by a signal.
    static func outlivesItsReader() {
        signal(SIGPIPE, SIG_IGN)
    }

    static func write(_ line: String) throws {
        try write(ByteBuffer(string: line + "\n"))
    }

    /// One object on a line of its own, its members in alphabetical order.
    static func write(json value: some Encodable) throws {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        var line = ByteBuffer(bytes: try encoder.encode(value))
        line.writeString("\n")
        try write(line)
    }

    /// Writes at once, without a buffer in between, so that a reader sees each step when it happens.
    static func write(_ bytes: ByteBuffer) throws {
        try StandardDescriptor.write(bytes, to: STDOUT_FILENO)
    }
}

/// Results couldn't be written, for a reason such as a full disk.
struct OutputFailure: Error {
    let reason: String
}

/// Where explanations go.
enum StandardError {
    static func write(_ line: String) {
        // When that fails, too, there is nobody left to tell.
        try? StandardDescriptor.write(ByteBuffer(string: line + "\n"), to: STDERR_FILENO)
    }
}

private enum StandardDescriptor {
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
        guard let failure, failure != EPIPE else { return }
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
