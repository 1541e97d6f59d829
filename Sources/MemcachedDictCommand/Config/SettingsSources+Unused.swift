import MemcachedTooling

extension SettingsSources {
    /// Tells of variables that count only where a command uses their dictionary.
    func tellUnusedVariables() {
        for variable in unusedVariables { StandardError.write(once: "memcached-dict: \(variable.warning)") }
    }
}
