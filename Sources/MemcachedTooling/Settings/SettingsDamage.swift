/// What is wrong with a file of settings, and what was kept when it was saved last.
package struct SettingsDamage: Sendable {
    package let path: String
    /// All that is wrong, in sentences.
    package let problems: [String]
    /// What saving has kept beside it; nil where there is nothing, or it is no better.
    package let previous: Previous?

    package struct Previous: Sendable {
        package let path: String
        /// Tells whether the two files are still those that they were; it tells nothing of what is in them.
        package let fingerprint: String
    }
}
