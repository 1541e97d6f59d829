#if TLS
import TestSupport
import Testing

@Suite("memcached-dict over TLS", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct CommandTLSTests {
    private let root = ["--tls-ca", TLSFixtures.path("root.pem")]

    @Test("A server with a trusted certificate is used, by --tls-ca alone or with --tls")
    func trusted() async throws {
        try await TLSFixtures.withServer { (server) async throws in
            let options = root + ["--server", "localhost:\(server.port)"]
            #expect(try await memcachedDict(["set", "k", "1", "--tls"] + options).status == 0)
            #expect(try await memcachedDict(["get", "k"] + options).output == "1\n")
            #expect(try await memcachedDict(["ping"] + options).status == 0)
        }
    }

    @Test("A client certificate is shown where the server demands one")
    func clientCertificate() async throws {
        try await TLSFixtures.withServer(demandsClientCertificate: true) { (server) async throws in
            let options = root + ["--server", server.address]
            let pair = ["--tls-cert", TLSFixtures.path("client.pem"), "--tls-key", TLSFixtures.path("client.key")]
            #expect(try await memcachedDict(["set", "k", "1"] + options + pair).status == 0)
            let refused = try await memcachedDict(["get", "k"] + options)
            #expect((refused.status, refused.output) == (69, ""))
            #expect(refused.complaint.contains("client certificate"))
        }
    }

    @Test("What can't be trusted ends with 69, says why, and gives no advice to start a server")
    func distrusted() async throws {
        try await TLSFixtures.withServer { (server) async throws in
            let address = ["--server", server.address]
            for (options, words) in [
                (["--tls"], "signed by nobody that is trusted"),
                (root + ["--tls-name", "wrong.example"], "is not for 'wrong.example', but for 'localhost'"),
                ([], "it may want TLS"),
            ] {
                let run = try await memcachedDict(["get", "k"] + address + options)
                #expect((run.status, run.output) == (69, ""))
                #expect(run.complaint.contains(words), "\(run.complaint)")
                #expect(!run.complaint.contains("Start a server"))
            }
        }
    }

    @Test("The name that is demanded can be given")
    func name() async throws {
        try await TLSFixtures.withServer(certificate: "other-name.pem") { (server) async throws in
            let options = root + ["--tls-name", "other.example", "--server", server.address]
            #expect(try await memcachedDict(["set", "k", "1"] + options).status == 0)
        }
    }

    @Test("Wrong options and files end with 64, and are named")
    func usage() async throws {
        for (options, words) in [
            (["--tls-key", "k.pem"], "--tls-cert"), (["--tls-ca", "/nowhere/ca.pem"], "/nowhere/ca.pem"),
            (["--tls-cert", TLSFixtures.path("client.pem")], "no private key"),
            (["--tls-name", "127.0.0.1"], "127.0.0.1"),
        ] {
            let run = try await memcachedDict(["get", "k"] + options)
            #expect((run.status, run.output) == (64, ""))
            #expect(run.complaint.contains(words), "\(run.complaint)")
        }
    }
}
#else
import TestSupport
import Testing

@Suite("memcached-dict without TLS", .fewAtATime) struct CommandTLSTests {
    @Test("Asking for TLS ends with 64, and says how to get it")
    func refused() async throws {
        for options in [["--tls"], ["--tls-ca", "root.pem"], ["--tls-name", "cache.example"]] {
            let run = try await memcachedDict(["get", "k"] + options)
            #expect((run.status, run.output) == (64, ""))
            #expect(run.complaint.contains("built without TLS"))
        }
    }
}
#endif
