/// What is wrong with a setting, or with several of which one is named.
package struct SettingsProblem: Hashable, Sendable {
    /// The setting's key, as ``ClientSetting`` has it.
    package let key: String
    /// What is wrong, and what the setting takes. It names the setting, and shows no secret.
    package let message: String

    package init(_ key: String, _ message: String) {
        self.key = key
        self.message = message
    }
}

extension SettingsProblem {
    package var error: MemcachedError { MemcachedError(.invalidArgument, message) }

    /// The same, whose message names the setting by its key, also where code calls it otherwise.
    var namingItsKey: SettingsProblem {
        let names = message.hasPrefix("\(key) ") || message.contains("'\(key)'")
        return names ? self : SettingsProblem(key, "the setting '\(key)': \(message)")
    }

    /// The problem, unless all is well.
    static func unless(_ isSound: Bool, _ key: String, _ message: @autoclosure () -> String) -> SettingsProblem? {
        isSound ? nil : SettingsProblem(key, message())
    }
}
