import Foundation
import Subprocess

/// A folder with SASL's configuration and one user, for a memcached started with `-S`.
struct SASLDatabase: Sendable {
    static let user = "testuser"
    static let password = "secret"

    let folder: String

    /// What memcached needs in its environment to find the configuration.
    var environment: [String: String] {
        ["SASL_CONF_PATH": folder]
    }

    /// Makes the folder, and removes it after `body`. `saslpasswd2` must be installed.
    static func withDatabase<Outcome>(
        mechanisms: [String] = ["PLAIN", "SCRAM-SHA-256"],
        password: String = SASLDatabase.password,
        body: (SASLDatabase) async throws -> Outcome
    ) async throws -> Outcome {
        let folder = "/tmp/memcached-sasl-" + UUID().uuidString.prefix(8)
        let files = FileManager.default
        try files.createDirectory(atPath: folder, withIntermediateDirectories: false)
        defer { try? files.removeItem(atPath: folder) }
        let configuration = """
            mech_list: \(mechanisms.joined(separator: " "))
            pwcheck_method: auxprop
            auxprop_plugin: sasldb
            sasldb_path: \(folder)/sasldb2

            """
        try Data(configuration.utf8).write(to: URL(filePath: folder + "/memcached.conf"))
        let added = try await Subprocess.run(
            .name("saslpasswd2"),
            arguments: ["-p", "-a", "memcached", "-c", "-f", folder + "/sasldb2", user],
            input: .string(password + "\n"),
            output: .discarded,
            error: .string(limit: 1 << 16)
        )
        guard added.terminationStatus.isSuccess else {
            throw MemcachedFailure("saslpasswd2: \(added.terminationStatus) \(added.standardError)")
        }
        // memcached runs as nobody.
        try files.setAttributes([.posixPermissions: 0o755], ofItemAtPath: folder)
        try files.setAttributes([.posixPermissions: 0o644], ofItemAtPath: folder + "/sasldb2")
        return try await body(SASLDatabase(folder: folder))
    }
}
