#if Management
import Memcached
import MemcachedFraming

/// A key as the form names it: with a prefix before it, or alone.
struct KeyName: Sendable, Hashable {
    let prefix: String
    let key: String
    /// As the server knows it.
    let itemKey: String
    /// Why no item can have this name; nil where one can.
    let problem: String?
    /// What the key is looked up under, where that isn't the key itself.
    let hashNote: String?

    /// - Parameter configuration: tells how long a dictionary's keys may be.
    init(_ form: Form, dictionaries configuration: ClientConfiguration) {
        (prefix, key) = (form["prefix"] ?? "", form["key"] ?? "")
        let plain = prefix.isEmpty ? key : "\(prefix):\(key)"
        // Without a prefix it is an item's own key, which no setting makes shorter.
        let longest = prefix.isEmpty ? nil : configuration.settings(ofDictionary: prefix).longestKey
        let limit = longest ?? ItemKey.maximumLength
        do throws(MemcachedError) {
            let keys = KeySpace(
                prefix: prefix.isEmpty ? .none : KeyPrefix(prefix),
                longKeys: .hash,
                disclosure: KeyDisclosure(ClientConfiguration(servers: []))
            )
            itemKey = "\(try keys.itemKey(key, longest: limit))"
            problem = nil
        } catch {
            itemKey = plain
            problem = Self.problem(prefix, key) ?? error.message
        }
        hashNote =
            itemKey == plain
            ? nil
            : "The key has \(plain.utf8.count) bytes with its prefix, more than the \(limit) that are taken as they are: it is stored under "
                + "the hashed key \(itemKey), by dictionaries with LongKeyPolicy.hash. Others store nothing under it."
    }

    var isEmpty: Bool { prefix.isEmpty && key.isEmpty }

    private static func problem(_ prefix: String, _ key: String) -> String? {
        if prefix.utf8.contains(where: ":#".utf8.contains) {
            return
                "A prefix has no ':' and no '#', which separate it from its keys. Leave it empty, and write the key in full."
        }
        return key.isEmpty ? "Which key? A dictionary's keys have none that is empty." : nil
    }

    /// The prefix of the dictionary that it belongs to, also where it is written in full, or hashed; empty where none of these does.
    func dictionary(among prefixes: some Sequence<String>) -> String {
        guard prefix.isEmpty else { return prefix }
        let possible = prefixes.filter { key.hasPrefix("\($0):") || key.hasPrefix("\($0)#") }
        return possible.max { $0.utf8.count < $1.utf8.count } ?? ""
    }

    /// Where its page is.
    var path: String { "/keys?prefix=\(prefix.inQuery)&key=\(key.inQuery)" }
}
#endif
