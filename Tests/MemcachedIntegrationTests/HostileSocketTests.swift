import Memcached
import MemcachedFraming
import MemcachedTesting
import NIOCore
import TestSupport
import Testing

/// Over real sockets, since there bytes come in pieces, early, late, and faster than they are read.
@Suite("Hostile servers on a socket", .fewAtATime, .timeLimit(.minutes(60)))
struct HostileSocketTests {
    /// What a call to such a server throws. While the first attempt to connect is under way, the call waits for it.
    private func error(of behaviour: RawServer.Behaviour) async throws -> MemcachedError? {
        var thrown: MemcachedError?
        try await RawServer.withServer(behaviour) { server in
            thrown = try await withClient(of: [server.address]) { client in
                await #expect(throws: MemcachedError.self) { try await client.get("key") }
            }
        }
        return thrown
    }

    @Test func `an HTTP server at that port is told apart, in its own words`() async throws {
        let response = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\nConnection: close\r\n\r\n<html></html>"
        let error = try await error(
            of: RawServer.Behaviour(onBytes: { channel, _ in
                channel.writeAndFlush(ByteBuffer(string: response)).whenComplete { _ in channel.close(promise: nil) }
            })
        )
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.contains("'HTTP/1.1 400 Bad Request'") == true, "\(error?.message ?? "")")
    }

    @Test func `a server that sends a reply before it is asked is refused`() async throws {
        let error = try await error(
            of: RawServer.Behaviour(
                onConnect: { channel in
                    var reply = ByteBuffer()
                    reply.writeReply(Reply(opcode: .get, opaque: 1, flags: 0, value: ByteBuffer(string: "a lie")))
                    channel.writeAndFlush(reply, promise: nil)
                }
            )
        )
        #expect(error?.code == .protocolViolation)
    }

    @Test func `a server that sends garbage as fast as it can is disconnected at its first byte`() async throws {
        let error = try await error(
            of: RawServer.Behaviour(
                onConnect: { channel in
                    @Sendable func flood(_ channel: any Channel) {
                        channel.writeAndFlush(ByteBuffer(repeating: 0xA5, count: 1 << 16)).whenSuccess {
                            flood(channel)
                        }
                    }
                    flood(channel)
                }
            )
        )
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.contains("0xa5") == true, "\(error?.message ?? "")")
    }

    private static func statistics(under opaque: UInt32) -> ByteBuffer {
        var replies = ByteBuffer()
        for number in 0..<1_000 {
            let name = ByteBuffer(string: "statistic \(number)")
            replies.writeReply(Reply(opcode: .stat, opaque: opaque, key: name, value: name))
        }
        return replies
    }

    @Test func `a server that never ends its statistics is disconnected`() async throws {
        let error = try await error(
            of: RawServer.Behaviour(onBytes: { channel, bytes in
                var decoder = FrameDecoder(expecting: .request, maximumBodyLength: 1 << 20)
                decoder.append(bytes)
                while let frame = try? decoder.next() {
                    let (opcode, opaque) = (frame.header.opcode, frame.header.opaque)
                    guard opcode == .stat else {
                        var reply = ByteBuffer()
                        reply.writeReply(Reply(opcode: opcode, opaque: opaque))
                        channel.writeAndFlush(reply, promise: nil)
                        continue
                    }
                    let replies = Self.statistics(under: opaque)
                    @Sendable func flood(_ channel: any Channel) {
                        channel.writeAndFlush(replies).whenSuccess { flood(channel) }
                    }
                    flood(channel)
                }
            })
        )
        #expect(error?.code == .protocolViolation)
        #expect(error?.message.contains("statistics") == true, "\(error?.message ?? "")")
    }

    @Test func `a server that breaks the protocol is tried again, and callers go on getting errors`() async throws {
        let behaviour = RawServer.Behaviour(onBytes: { channel, _ in
            let lyingLengths = [0x81, 0x0A, 0, 9, 0, 0, 0, 0] + [UInt8](repeating: 0, count: 16)
            channel.writeAndFlush(ByteBuffer(bytes: lyingLengths), promise: nil)
        })
        try await RawServer.withServer(behaviour) { server in
            try await withClient(of: [server.address], configure: { $0.initialBackoff = .milliseconds(1) }) { client in
                while server.connectionCount < 3 {
                    let error = await #expect(throws: MemcachedError.self) { try await client.get("key") }
                    #expect(error?.code == .protocolViolation)
                }
            }
        }
    }
}
