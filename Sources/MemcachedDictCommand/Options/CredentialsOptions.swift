import ArgumentParser
import Memcached

/// The user, for servers that want authentication.
struct CredentialsOptions: ParsableArguments {
    @Option(help: ArgumentHelp("The user, for servers that want authentication (-S).", valueName: "name"))
    var user: String?

    @Option(
        help: ArgumentHelp(
            "The file whose first line is the password, yours only to read; '-' for standard input's first line.",
            valueName: "file"
        ),
        completion: .file()
    )
    var passwordFile: String?

    @Option(
        help: ArgumentHelp(
            "The only SASL mechanism to use: \(mechanisms). (default: the strongest that the server offers)",
            valueName: "mechanism"
        ),
        transform: { text in
            guard let mechanism = SASLCredentials.Mechanism(rawValue: text.uppercased()) else {
                throw ValidationError("'\(text)' is none of \(mechanisms).")
            }
            return mechanism
        }
    )
    var mechanism: SASLCredentials.Mechanism?

    @Flag(help: "Let PLAIN send the password without TLS to other machines, readable to everybody on the way.")
    var allowPlainText = false

    /// The settings that these give, by their keys.
    var given: [String: String] {
        guard let user else { return [:] }
        var texts = ["saslUser": user, "saslPassword": "(secret)"]
        texts["saslMechanism"] = mechanism?.rawValue
        if allowPlainText { texts["saslAllowsPlainTextWithoutTLS"] = "true" }
        return texts
    }

    func validate() throws {
        guard (user == nil) == (passwordFile == nil) else {
            throw ValidationError("--user and --password-file belong together.")
        }
        guard user != nil || (mechanism == nil && !allowPlainText) else {
            throw ValidationError("--mechanism and --allow-plain-text need --user and --password-file.")
        }
    }

    /// Reads the password.
    ///
    /// - Parameter others: credentials that were set elsewhere, whose mechanism counts where no other is named here.
    func credentials(before others: SASLCredentials?) throws -> SASLCredentials? {
        guard let user, let passwordFile else { return nil }
        var credentials = SASLCredentials(user: user, password: try PasswordFile(path: passwordFile).password())
        credentials.mechanism = mechanism ?? others?.mechanism
        credentials.allowsPlainTextWithoutTLS = allowPlainText || others?.allowsPlainTextWithoutTLS == true
        return credentials
    }
}

private let mechanisms = SASLCredentials.Mechanism.allCases.map(\.rawValue).joined(separator: ", ")
