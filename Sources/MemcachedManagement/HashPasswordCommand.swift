#if Management
import ArgumentParser

struct HashPasswordCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "hash-password",
        abstract: "Print what the settings keep of the screen's password.",
        discussion: """
            Reads the password from the first line of standard input. What it prints belongs in the settings file, as \
            "management": {"passwordHash": "scrypt:..."}; nobody can tell the password from it.

              read -rs password && printf '%s\\n' "$password" | memcached-manage hash-password
            """
    )

    func run() throws {
        guard let password = readLine(strippingNewline: true), password.utf8.count >= 8 else {
            throw ValidationError("The first line of standard input should be a password of 8 bytes or more.")
        }
        print(try PasswordHash(of: password).text)
    }
}
#endif
