extension Duration {
    /// In milliseconds, or in seconds from one on.
    package var rounded: String {
        let milliseconds = self / .milliseconds(1)
        return milliseconds < 1_000
            ? "\((milliseconds * 10).rounded() / 10) ms" : "\((milliseconds / 10).rounded() / 100) s"
    }

    /// In the largest unit that there is one of: days, hours, minutes, seconds.
    package var rough: String {
        let seconds = Int(self / .seconds(1))
        for (unit, length) in [("d", 86_400), ("h", 3_600), ("min", 60)] where seconds >= length {
            return "\(seconds / length) \(unit)"
        }
        return "\(seconds) s"
    }
}
