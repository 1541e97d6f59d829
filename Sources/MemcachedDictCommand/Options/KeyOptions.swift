import ArgumentParser
import Memcached

/// What stands before the keys.
struct KeyOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Put PREFIX and ':' before each key. Without it, keys are taken as they are.",
            valueName: "prefix"
        )
    )
    var prefix: String?

    func validate() throws {
        guard let prefix else { return }
        guard !prefix.isEmpty, !prefix.utf8.contains(where: ":#".utf8.contains) else {
            throw ValidationError(
                "A prefix has at least one character, and no ':' or '#'. For keys laid out in another way leave --prefix out "
                    + "and write them in full."
            )
        }
    }

    var keyPrefix: KeyPrefix { prefix.map { KeyPrefix($0) } ?? .none }

    /// The key as the server knows it.
    func itemKey(_ key: String) -> String {
        prefix.map { "\($0):\(key)" } ?? key
    }
}
