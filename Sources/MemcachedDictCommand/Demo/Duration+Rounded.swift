extension Duration {
    /// In milliseconds, or in seconds from one on.
    var rounded: String {
        let milliseconds = self / .milliseconds(1)
        return milliseconds < 1_000
            ? "\((milliseconds * 10).rounded() / 10) ms" : "\((milliseconds / 10).rounded() / 100) s"
    }
}
