#if Configuration
public import Configuration

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Those whose values no log shows, whoever reads them: the password, and what the management screen's is checked against.
private let secretNames = Set(ClientSetting.all.filter(\.isSecret).map(\.key) + ["passwordHash"])

/// A file of settings that also tells which there are, so that a client finds what is none, such as a `timout`:
///
/// ```swift
/// let file = try await FileProvider<ListedSnapshot<JSONSnapshot>>(config: place)
/// ```
///
/// A `ConfigReader` asks for what it knows, and never sees the rest. With this format of a `FileProvider` or a `ReloadingFileProvider`,
/// whatever a client or ``ClientConfiguration/init(config:dictionaries:)`` finds where its settings are, and is no setting, is an error
/// like any other wrong one. A file in which a service has settings of its own, too, keeps the client's below a key for them alone, which
/// the reader is scoped to. Dictionaries that have settings there need not be named any more. `management`, which the management screen
/// writes, is left alone.
///
/// Of several files each that is read so is checked. Other providers are not: the environment has variables of all kinds.
public struct ListedSnapshot<File: KeyListing>: FileConfigSnapshot {
    private let file: File
    private let keys: [ListedKey]
    /// Tells this file's answer from those of others.
    private let mark = "\(UUID())"

    /// Reads the file.
    ///
    /// - Throws: what the format throws, and ``MemcachedError`` where an object of JSON has a name twice. Unknown settings are told by
    ///   whoever reads the configuration, and not here.
    public init(data: RawSpan, providerName: String, parsingOptions: File.ParsingOptions) throws {
        file = try File(data: data, providerName: providerName, parsingOptions: parsingOptions)
        keys = try File.keys(in: data).sorted { $0.names.lexicographicallyPrecedes($1.names) }
    }

    /// The provider's name.
    public var providerName: String { file.providerName }

    /// The value of a setting. A client also asks for the keys that there are, by one that no file has.
    public func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        guard let question = ListingQuestion(key), type == .stringArray else {
            var result = try file.value(forKey: key, type: type)
            if key.components.last.map(secretNames.contains) == true { result.value?.isSecret = true }
            return result
        }
        let below = question.answered.contains { $0 == mark } ? [] : keys.compactMap { $0.below(question.place) }
        // Without a value, the next provider is asked.
        let value = below.isEmpty ? nil : ListingAnswer(mark: mark, keys: below).texts
        return LookupResult(
            encodedKey: "\(key)",
            value: value.map { ConfigValue(.stringArray($0), isSecret: false) }
        )
    }

    /// What the format tells about the file.
    public var description: String { file.description }

    /// What the format tells about the file, and the names of its settings. It has no values: passwords may be among them.
    public var debugDescription: String {
        "\(description): " + keys.map { $0.names.joined(separator: ".") }.joined(separator: ", ")
    }
}
#endif
