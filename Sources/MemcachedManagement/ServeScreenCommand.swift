#if Management
import ArgumentParser
import Foundation
import Hummingbird
import HummingbirdCore
import HummingbirdTLS
import Logging
import MemcachedTooling
import NIOCore
import NIOSSL
import ServiceLifecycle

struct ServeScreenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve",
        abstract: "Serve the screen until it is interrupted.",
        discussion: """
            The servers and all other settings come from the environment (MEMCACHED_SERVERS=cache-1,cache-2) and from the file that \
            --config names, else memcached-dict/config.json in $XDG_CONFIG_HOME or ~/.config, else $XDG_CONFIG_DIRS or /etc/xdg. Where \
            nobody names a server, the screen starts one in its own process, for trying it out.

            Whoever reaches the screen may use it, so that it listens on this machine only. Any other --host needs a password, in the \
            settings as "management": {"passwordHash": ...}, which 'memcached-manage hash-password' prints, and TLS by \
            --tls-certificate and --tls-key, unless --allow-plain-http says that something else encrypts.

              memcached-manage --port 8080
              memcached-manage --read-only --config /etc/memcached.json
              memcached-manage --host 0.0.0.0 --tls-certificate screen.pem --tls-key screen.key
            """
    )

    @Option(help: ArgumentHelp("The TCP port; 0 takes a free one.", valueName: "port"))
    var port: UInt16 = 8_080
    @Option(help: ArgumentHelp("The address to listen on.", valueName: "address"))
    var host = "127.0.0.1"
    @Option(
        name: .customLong("name"),
        help: ArgumentHelp(
            "What browsers may call the screen besides localhost, as behind a proxy; repeat it for several. It needs a password.",
            valueName: "name"
        )
    )
    var names: [String] = []
    @Option(help: ArgumentHelp("The file of the settings.", valueName: "file"), completion: .file())
    var config: String?
    @Flag(help: "Show everything, and change nothing.")
    var readOnly = false
    @Option(
        help: ArgumentHelp("A PEM file with the screen's certificate chain.", valueName: "file"),
        completion: .file()
    )
    var tlsCertificate: String?
    @Option(help: ArgumentHelp("A PEM file with its private key.", valueName: "file"), completion: .file())
    var tlsKey: String?
    @Flag(
        help:
            "Serve another --host or --name without TLS, where something else encrypts, such as a proxy. Browsers must come by HTTPS then."
    )
    var allowPlainHttp = false

    func validate() throws {
        guard (tlsCertificate == nil) == (tlsKey == nil) else {
            throw ValidationError("--tls-certificate and --tls-key need each other.")
        }
    }

    func run() async throws {
        let settings = FleetSettings(path: config)
        let access = Access(
            gate: PasswordGate(),
            isReadOnly: readOnly,
            isEncrypted: tlsCertificate != nil || (allowPlainHttp && needsPassword)
        )
        let logger = Self.logger
        let fleet: ManagedFleet
        do {
            fleet = try await ManagedFleet(settings, gate: access.gate, logger: logger)
        } catch let error as SettingsError {
            throw ValidationError(error.words)
        }
        try checkAddress(access)
        let isLoopback = isLoopback
        let shownHost = host.contains(":") ? "[\(host)]" : host
        let screen = ManagementScreen(
            fleet: fleet,
            access: access,
            names: isLoopback || !names.isEmpty
                ? HostGuard<ManagementContext>.loopbackNames.union(([shownHost] + names).map { $0.lowercased() }) : nil
        )
        let isEmbedded = await fleet.isEmbedded
        let scheme = tlsCertificate == nil ? "http" : "https"
        let application = Application(
            responder: try screen.responder(),
            server: try server(),
            configuration: ApplicationConfiguration(
                address: .hostname(host, port: Int(port)),
                availableConnectionsDelegate: MaximumAvailableConnections(Self.connectionLimit, logger: logger)
            ),
            services: [FleetService(fleet: fleet)],
            onServerRunning: { channel in
                let port = channel.localAddress?.port ?? Int(port)
                let lines =
                    ["memcached-manage: open \(scheme)://\(shownHost):\(port)"]
                    + (isEmbedded
                        ? ["No server is configured: this shows the embedded one, and 'Configure' takes real ones."]
                        : [])
                    + [
                        "The settings are those of the environment and of \(settings.path)"
                            + (settings.isThere ? "." : ", which isn't there yet.")
                    ]
                // Unlike 'print', at once where a pipe reads it.
                FileHandle.standardOutput.write(Data((lines.joined(separator: "\n") + "\n").utf8))
            },
            logger: logger
        )
        do {
            try await application.runService()
        } catch let error as IOError {
            throw ValidationError(
                "Can't listen on \(shownHost):\(port): \(String(cString: strerror(error.errnoCode))). Take another --port."
            )
        }
    }

    /// Whether only this machine can reach the screen.
    private var isLoopback: Bool {
        let parts = host.split(separator: ".", omittingEmptySubsequences: false)
        return host == "localhost" || host == "::1"
            || (parts.count == 4 && parts[0] == "127" && parts.allSatisfy { UInt8($0) != nil })
    }

    /// Whether others could use the screen.
    private var needsPassword: Bool { !isLoopback || !names.isEmpty }

    private func checkAddress(_ access: Access) throws {
        guard needsPassword else { return }
        guard access.gate.lock != .open else {
            let place = isLoopback ? "By the name \(names[0])" : "On \(host)"
            throw ValidationError(
                "\(place) others could use the screen: it needs a password there. 'memcached-manage hash-password' tells how to set one."
            )
        }
        guard isLoopback || access.isEncrypted else {
            throw ValidationError(
                "On \(host) the password would go in the clear: name --tls-certificate and --tls-key, or --allow-plain-http where "
                    + "something else encrypts."
            )
        }
    }

    /// Of all browsers and collectors together, whoever holds them: one peer can hold all. Whoever comes then waits until another ends.
    private static let connectionLimit = 256

    private func server() throws -> HTTPServerBuilder {
        // Whoever asks for nothing for a minute makes room, but for whom an answer is still under way.
        let plain = HTTP1Channel.Configuration(idleTimeout: .seconds(60))
        guard let tlsCertificate, let tlsKey else { return .http1(configuration: plain) }
        do {
            let chain = try NIOSSLCertificate.fromPEMFile(tlsCertificate).map {
                NIOSSLCertificateSource.certificate($0)
            }
            let key = try NIOSSLPrivateKey(file: tlsKey, format: .pem)
            return try .tls(
                .http1(configuration: plain),
                tlsConfiguration: .makeServerConfiguration(certificateChain: chain, privateKey: .privateKey(key))
            )
        } catch {
            throw ValidationError("The certificate or its key can't be used: \(error)")
        }
    }

    private static var logger: Logger {
        var logger = Logger(label: "memcached-manage", factory: { StreamLogHandler.standardError(label: $0) })
        logger.logLevel = .warning
        return logger
    }
}
#endif
