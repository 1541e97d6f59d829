#if Configuration
public import Configuration

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
/// Settings are asked for the list by the key `*`, which stands for all keys below the same place; of several providers the first that
/// answers counts. What it doesn't hold isn't checked: the environment has variables of all kinds.
public struct ListedSnapshot<File: KeyListing>: FileConfigSnapshot {
    private let file: File
    private let keys: [String]

    /// Reads the file.
    ///
    /// - Throws: what the format throws. Unknown settings are told by whoever reads the configuration, and not here.
    public init(data: RawSpan, providerName: String, parsingOptions: File.ParsingOptions) throws {
        file = try File(data: data, providerName: providerName, parsingOptions: parsingOptions)
        keys = try File.keys(in: data).sorted()
    }

    /// The provider's name.
    public var providerName: String { file.providerName }

    /// The value of a setting; of the key `*` the keys that there are.
    public func value(forKey key: AbsoluteConfigKey, type: ConfigType) throws -> LookupResult {
        guard key.components.last == SettingsReading.listing, type == .stringArray else {
            return try file.value(forKey: key, type: type)
        }
        let place = key.components.dropLast().map { "\($0)." }.joined()
        let below = keys.filter { $0.hasPrefix(place) }.map { String($0.dropFirst(place.count)) }
        return LookupResult(encodedKey: "\(key)", value: ConfigValue(.stringArray(below), isSecret: false))
    }

    /// What the format tells about the file.
    public var description: String { file.description }

    /// What the format tells about the file and its values.
    public var debugDescription: String { file.debugDescription }
}
#endif
