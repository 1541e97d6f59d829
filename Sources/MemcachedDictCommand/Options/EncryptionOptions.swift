import ArgumentParser
import Memcached

/// TLS towards the servers.
struct EncryptionOptions: ParsableArguments {
    @Flag(
        help:
            "Talk TLS to all servers (memcached -Z), and verify their certificates and names. Each option below implies it."
    )
    var tls = false

    @Option(
        help: ArgumentHelp("Trust the root certificates in this PEM file, instead of the system's.", valueName: "file"),
        completion: .file()
    )
    var tlsCA: String?

    @Option(
        help: ArgumentHelp("Show the servers the certificate in this PEM file.", valueName: "file"),
        completion: .file()
    )
    var tlsCert: String?

    @Option(
        help: ArgumentHelp(
            "The certificate's private key, a PEM file without a passphrase. (default: that of --tls-cert)",
            valueName: "file"
        ),
        completion: .file()
    )
    var tlsKey: String?

    @Option(
        help: ArgumentHelp(
            "The name that the certificates must bear. (default: each server's own, as --server gives it)",
            valueName: "name"
        )
    )
    var tlsName: String?

    private var isWanted: Bool {
        tls || [tlsCA, tlsCert, tlsKey, tlsName].contains { $0 != nil }
    }

    /// The settings that these give, by their keys.
    var given: [String: String] {
        let files = [
            "tlsTrustRootsFile": tlsCA, "tlsCertificateFile": tlsCert, "tlsPrivateKeyFile": tlsKey,
            "tlsServerName": tlsName,
        ]
        return files.compactMapValues(\.self).merging(isWanted ? ["tls": "true"] : [:]) { $1 }
    }

    func validate() throws {
        #if !TLS
        guard !isWanted else {
            throw ValidationError(
                "This memcached-dict was built without TLS. Build it with the package's trait TLS, which is a default one."
            )
        }
        #endif
        guard tlsKey == nil || tlsCert != nil else {
            throw ValidationError("--tls-key needs --tls-cert, the certificate that the key belongs to.")
        }
    }

    /// - Parameter elsewhere: what else sets a setting, by its key.
    func configure(
        _ connection: inout ConnectionConfiguration,
        elsewhere: (String) -> String?
    ) throws(MemcachedError) {
        #if TLS
        guard isWanted else { return }
        // A certificate goes with its own key.
        let key = tlsCert == nil ? tlsKey ?? elsewhere("tlsPrivateKeyFile") : tlsKey
        connection.tls = try TLSOptions(
            trustRoots: (tlsCA ?? elsewhere("tlsTrustRootsFile")).map { .file($0) } ?? .system,
            certificateChain: tlsCert ?? elsewhere("tlsCertificateFile"),
            privateKey: key,
            serverName: tlsName ?? elsewhere("tlsServerName")
        )
        #endif
    }
}
