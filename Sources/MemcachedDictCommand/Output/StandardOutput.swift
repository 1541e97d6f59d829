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

    /// Whether a person looks on, at a terminal.
    static var isSeen: Bool { isatty(STDOUT_FILENO) == 1 }

    /// Whether that terminal can clear itself and show colors.
    static var isTerminal: Bool { Terminal.isCapable(STDOUT_FILENO) }

    /// Whether that person hasn't asked for text without colors (no-color.org).
    static var showsColors: Bool {
        isTerminal && (ProcessInfo.processInfo.environment["NO_COLOR"] ?? "").isEmpty
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
