import TestSupport
import Testing

@testable import Memcached

@Suite("A server's text", .fewAtATime)
struct MemcachedServerTests {
    @Test(
        "It names a host, an address or a socket, and a weight",
        arguments: [
            ("cache-1", .host("cache-1"), 1),
            ("cache-1:11212", .host("cache-1", port: 11212), 1),
            ("cache-1=5", .host("cache-1"), 5),
            ("10.0.0.1:11212=1000000", .host("10.0.0.1", port: 11212), 1_000_000),
            ("::1", .host("::1"), 1),
            ("fe80::1%eth0", .host("fe80::1%eth0"), 1),
            ("::ffff:10.0.0.1", .host("::ffff:10.0.0.1"), 1),
            ("[::1]", .host("::1"), 1),
            ("[::1]:65535=2", .host("::1", port: 65535), 2),
            ("unix:/tmp/memcached.sock", .unixSocket(path: "/tmp/memcached.sock"), 1),
            ("unix:/tmp/memcached.sock=3", .unixSocket(path: "/tmp/memcached.sock"), 3),
            ("unix:/tmp/a=b/memcached.sock", .unixSocket(path: "/tmp/a=b/memcached.sock"), 1),
            ("unix:/tmp/a=2=1", .unixSocket(path: "/tmp/a=2"), 1),
            // An accent behind a sign makes another character of it, to Swift.
            ("unix:\u{301}a=\u{301}2", .unixSocket(path: "\u{301}a=\u{301}2"), 1),
            ("unix:a=\u{301}=2", .unixSocket(path: "a=\u{301}"), 2),
            ("xn--caf-dma.example:1", .host("xn--caf-dma.example", port: 1), 1),
        ] as [(String, ServerAddress, Int)]
    )
    func good(text: String, address: ServerAddress, weight: Int) throws {
        let server = try MemcachedServer(text)
        #expect(server.address == address)
        #expect(server.weight == weight)
        #expect(try MemcachedServer("\(server)") == server)
    }

    @Test(
        "Anything else is refused in words that say what is wrong",
        arguments: [
            ("", "the host is missing"),
            (":11211", "the host is missing"),
            ("[]:11211", "the host is missing"),
            ("cache-1:", "'' is no port"),
            ("cache-1:0", "'0' is no port"),
            ("cache-1:65536", "'65536' is no port"),
            ("cache-1:+5", "'+5' is no port"),
            ("cache-1:-5", "'-5' is no port"),
            ("cache-1:\u{0661}", "is no host name"),
            // Joins the colon that is written behind it.
            ("\u{6DD}", "is no host name"),
            ("cache-1\u{200B}", "is no host name"),
            ("caf\u{E9}.example", "begins with 'xn--'"),
            ("cache-1\u{0}", "is no host name"),
            ("unix:/tmp/\u{0}", "no NUL"),
            ("[::1", "the closing ']' is missing"),
            ("[::1]11211", "':PORT' belongs after ']'"),
            ("[cache-1]:11211", "'cache-1' is no host name"),
            ("cache-1:11211:11212", "'cache-1:11211:11212' is no host name"),
            ("cache 1", "'cache 1' is no host name"),
            ("http://cache-1", "is no port"),
            ("memcached/1", "is no host name"),
            ("unix:", "the socket's path is missing"),
            ("unix", "the socket's path is missing"),
            ("unix=2", "the socket's path is missing"),
            ("unix:/" + String(repeating: "a", count: 103), "at most 103 bytes"),
            ("cache-1=0", "'0' in 'cache-1=0' is no weight"),
            ("cache-1=+1", "'+1' in"),
            ("cache-1=", "is no weight"),
            ("cache-1=1000001", "is no weight"),
            ("cache-1=x", "is no weight"),
        ] as [(String, String)]
    )
    func bad(text: String, message: String) throws {
        let error = try #require(throws: MemcachedError.self) { try MemcachedServer(text) }
        #expect(error.code == .invalidArgument)
        #expect(error.message.contains(message), "\(error.message)")
    }
}
