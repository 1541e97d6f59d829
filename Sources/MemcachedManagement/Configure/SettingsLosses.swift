#if Management
import Memcached
import MemcachedTooling

/// What goes for good when settings are saved: a dictionary's own ones, and what no page can show again.
enum SettingsLosses {
    /// In words, one for each.
    static func words(from stored: [String: SettingValue], to next: [String: SettingValue]) -> [String] {
        let left = next["dictionaries"]?.objectMembers ?? [:]
        let dictionaries = (stored["dictionaries"]?.objectMembers ?? [:]).filter { left[$0.key] == nil }
        let secrets = ClientSetting.all.filter { $0.isSecret && stored[$0.key] != nil && next[$0.key] == nil }
        return dictionaries.sorted { $0.key < $1.key }.map { prefix, settings in
            let list = settings.objectMembers.sorted { $0.key < $1.key }
                .map { "\(SettingField.label($0.key) ?? $0.key) \(SettingsForm.text(of: $0.value))" }
            return "The settings of the dictionary '\(prefix)': \(list.joined(separator: ", "))."
        } + secrets.map { "What is stored as \(SettingField.label($0.key) ?? $0.key). No page can show it again." }
    }
}
#endif
