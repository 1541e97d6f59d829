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

    /// Those of the dictionary, or of all where none is named.
    func settings(_ configuration: MemcachedClient.Configuration) -> DictionarySettings {
        prefix.map(configuration.settings(ofDictionary:)) ?? configuration.dictionaryDefaults
    }

    /// Refuses what the dictionary, by its settings, doesn't take as it is: nothing is stored under the key itself then.
    func refuseLong(_ keys: [String], _ configuration: MemcachedClient.Configuration) throws {
        guard let prefix, let longest = configuration.settings(ofDictionary: prefix).longestKey else { return }
        let refusing = KeySpace(prefix: keyPrefix, longKeys: .refuse, disclosure: KeyDisclosure(configuration))
        // What the configuration redacts is shown here: whoever has typed the key knows it.
        let disclosure = KeyDisclosure(.init(servers: configuration.servers))
        let hashing = KeySpace(prefix: keyPrefix, longKeys: .hash, disclosure: disclosure)
        for key in keys where itemKey(key).utf8.count > longest {
            do throws(MemcachedError) {
                _ = try refusing.itemKey(key, longest: longest)
            } catch {
                let hashed = try? hashing.itemKey(key, longest: longest)
                throw Complaint(
                    Complaint(error).text,
                    advice: hashed.map {
                        "A dictionary that hashes longer keys keeps it under '\($0)': name that, without --prefix."
                    },
                    status: .refusedInput
                )
            }
        }
    }

    /// The key as the server knows it.
    func itemKey(_ key: String) -> String {
        prefix.map { "\($0):\(key)" } ?? key
    }
}
