import NIOConcurrencyHelpers
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
    /// Whether a person looks on, at a terminal that can redraw a line.
    static var isTerminal: Bool { Terminal.isCapable(STDERR_FILENO) }

    static func write(_ line: String) {
        draw(line + "\n")
    }

    private static let written = NIOLockedValueBox<Set<String>>([])

    /// Writes a line unless this process has written the same once before.
    static func write(once line: String) {
        guard written.withLockedValue({ $0.insert(line).inserted }) else { return }
        write(line)
    }

    /// Writes a part of a line.
    static func draw(_ text: String) {
        // When that fails, too, there is nobody left to tell.
        try? StandardDescriptor.write(ByteBuffer(string: text), to: STDERR_FILENO)
    }
}
