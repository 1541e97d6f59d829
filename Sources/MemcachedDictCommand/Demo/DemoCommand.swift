import ArgumentParser
import Memcached
import MemcachedTesting

struct DemoCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "demo",
        abstract: "Show the main job step by step, on real data.",
        discussion: """
            Stores structs, changes them safely, lets writers race, compresses a large value and reads a batch, and checks what \
            it tells. Without --server it starts the embedded server. With --server it uses yours: under keys of its own, which \
            end after two minutes at the latest and are removed at the end.

              memcached-dict demo
              memcached-dict demo --server 127.0.0.1:11211
            """
    )

    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions
    @OptionGroup(visibility: .hidden) var outputOptions: OutputOptions

    func run() async throws {
        guard serverOptions.named.isEmpty else {
            return try await tell(on: serverOptions.named, embedded: nil)
        }
        let server = try await MemcachedTestServer.startInRealTime()
        do {
            try await tell(on: [try MemcachedServer(server.address)], embedded: server)
        } catch {
            await server.shutdown()
            throw error
        }
        await server.shutdown()
    }

    private func tell(on servers: [MemcachedServer], embedded: MemcachedTestServer?) async throws {
        let configuration =
            embedded == nil
            ? try serverOptions.clientConfiguration(of: keyOptions.prefix)
            : serverOptions.openConfiguration(of: servers)
        let narrator = try await withMemcachedClient(configuration: configuration) { client in
            var demo = Demo(
                client: client,
                servers: servers.map(\.address),
                embedded: embedded,
                keyOptions: keyOptions
            )
            do {
                try await demo.tell()
            } catch {
                await demo.removeKeys()
                throw error
            }
            return demo.narrator
        }
        guard narrator.failures == 0 else {
            throw Complaint(
                "\(narrator.failures) of \(narrator.checks) checks failed, see the lines with '!!'",
                advice: "Other writers don't know this demo's keys: this is a defect of the server or of this package.",
                status: .internalError
            )
        }
    }
}
