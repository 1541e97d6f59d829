import ArgumentParser
import MemcachedTesting
import NIOCore

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Run the embedded server until it is interrupted.",
        discussion: """
            A memcached of the binary protocol for trying things out, on 127.0.0.1 only, with at most 64 MiB of items. It is no \
            replacement for memcached: one thread, no TLS, no authentication, no text protocol. It prints its address when it \
            listens, and ends with 0 on SIGINT (Ctrl-C) and SIGTERM.

              memcached-dict serve --port 11311
            """
    )

    @Option(help: ArgumentHelp("The TCP port; 0 takes a free one.", valueName: "port"))
    var port: UInt16 = 11_211
    @OptionGroup(visibility: .hidden) var serverOptions: ServerOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions
    @OptionGroup(visibility: .hidden) var outputOptions: OutputOptions

    func run() async throws {
        let signals = EndingSignals()
        let server: MemcachedTestServer
        do {
            server = try await .startInRealTime(port: Int(port))
        } catch {
            let reason = (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
            throw Complaint(
                "can't listen on 127.0.0.1:\(port): \(reason)",
                advice: "Is another server there already? Take another port with --port, or a free one with --port 0.",
                status: .unreachable
            )
        }
        try StandardOutput.write("listening on \(server.address)")
        await signals.first()
        await server.shutdown()
    }
}
