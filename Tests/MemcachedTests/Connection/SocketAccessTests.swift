#if os(Linux)
import NIOCore
import TestSupport
import Testing

@testable import Memcached

#if canImport(Musl)
import Musl
#else
import Glibc
#endif

/// What goes to a socket past its channel.
@Suite(.fewAtATime) struct SocketAccessTests {
    @Test func `all segments are written in order`() throws {
        let pair = try SocketPair()
        let writer = try #require(SocketAccess(socket: pair.near))
        let left = writer.write([ByteBuffer(string: "one "), ByteBuffer(string: "two "), ByteBuffer(string: "three")])
        #expect(left.isEmpty)
        #expect(pair.received() == "one two three")
    }

    @Test func `a full socket takes a part, nobody waits for it, and what is left is all the rest`() throws {
        let pair = try SocketPair()
        let writer = try #require(SocketAccess(socket: pair.near))
        let pieces = (0..<40).map { number in
            ByteBuffer(string: (0..<20_000).map { "\(number)/\($0) " }.joined())
        }
        let whole = pieces.map { String(buffer: $0) }.joined()
        var left = pieces
        var received = ""
        var cuts = 0
        while !left.isEmpty {
            left = writer.write(left)
            if let first = left.first, !pieces.contains(first) { cuts += 1 }
            received += pair.received()
        }
        #expect(cuts > 0)
        #expect(received == whole)
    }

    @Test func `it is readable while something has arrived that nobody has read`() throws {
        let pair = try SocketPair()
        let access = try #require(SocketAccess(socket: pair.near))
        #expect(!access.isReadable)
        pair.send("ab")
        #expect(access.isReadable)
        #expect(pair.readNear(1) == 1)
        #expect(access.isReadable)
        #expect(pair.readNear(1) == 1)
        #expect(!access.isReadable)
    }

    @Test func `it is readable where the peer has closed, and not once it is closed itself`() throws {
        let pair = try SocketPair()
        let access = try #require(SocketAccess(socket: pair.near))
        pair.closeFar()
        #expect(access.isReadable)
        access.close()
        #expect(!access.isReadable)
    }

    @Test func `where the peer has closed all is left, and the process lives`() throws {
        let pair = try SocketPair()
        let writer = try #require(SocketAccess(socket: pair.near))
        pair.closeFar()
        #expect(writer.write([ByteBuffer(string: "a")]) == [ByteBuffer(string: "a")])
        #expect(writer.write([ByteBuffer(string: "b")]) == [ByteBuffer(string: "b")])
    }

    @Test func `closed, it writes nothing, not even to a socket that got the same number`() throws {
        let pair = try SocketPair()
        let writer = try #require(SocketAccess(socket: pair.near))
        writer.close()
        writer.close()
        let others = try (0..<10).map { _ in try SocketPair() }
        #expect(writer.write([ByteBuffer(string: "a")]) == [ByteBuffer(string: "a")])
        #expect(others.allSatisfy { $0.received().isEmpty })
        #expect(pair.received().isEmpty)
    }

    @Test func `closed while a caller writes, it lets go of the socket afterwards`() async throws {
        let pair = try SocketPair()
        let writer = try #require(SocketAccess(socket: pair.near))
        pair.closeNear()
        let piece = ByteBuffer(repeating: UInt8(ascii: "x"), count: 1_000)
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                for _ in 0..<1_000 { _ = writer.write([piece, piece, piece]) }
            }
            group.addTask {
                await Task.yield()
                writer.close()
            }
        }
        #expect(writer.write([piece]) == [piece])
        _ = pair.received()
        #expect(pair.hasEnded)
    }

    @Test func `it writes after its channel has closed its own descriptor, and never to another's`() throws {
        let pair = try SocketPair()
        let writer = try #require(SocketAccess(socket: pair.near))
        pair.closeNear()
        let others = try (0..<10).map { _ in try SocketPair() }
        #expect(writer.write([ByteBuffer(string: "a")]).isEmpty)
        #expect(pair.received() == "a")
        #expect(others.allSatisfy { $0.received().isEmpty })
    }
}

/// Two ends of a Unix socket.
private final class SocketPair {
    private(set) var near: CInt
    private var far: CInt

    init() throws {
        var ends: [CInt] = [-1, -1]
        try #require(socketpair(AF_UNIX, CInt(SOCK_STREAM.rawValue), 0, &ends) == 0)
        (near, far) = (ends[0], ends[1])
    }

    deinit {
        closeNear()
        closeFar()
    }

    func closeNear() {
        if near >= 0 { close(near) }
        near = -1
    }

    func closeFar() {
        if far >= 0 { close(far) }
        far = -1
    }

    /// Whether the far end has seen the end, and nothing before it is left.
    var hasEnded: Bool {
        var byte: UInt8 = 0
        return recv(far, &byte, 1, CInt(MSG_DONTWAIT)) == 0
    }

    func send(_ text: String) {
        var text = text
        _ = text.withUTF8 { write(far, $0.baseAddress, $0.count) }
    }

    /// How much of what has arrived at the near end was read.
    func readNear(_ count: Int) -> Int {
        var bytes = [UInt8](repeating: 0, count: count)
        return recv(near, &bytes, count, CInt(MSG_DONTWAIT))
    }

    /// What has arrived at the far end.
    func received() -> String {
        var text = ""
        var bytes = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = recv(far, &bytes, bytes.count, CInt(MSG_DONTWAIT))
            guard count > 0 else { return text }
            text += String(decoding: bytes[..<count], as: UTF8.self)
        }
    }
}
#endif
