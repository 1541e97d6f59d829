package import NIOCore

extension TimeAmount {
    /// The duration, or the longest one that fits.
    package init(_ duration: Duration) {
        let (seconds, attoseconds) = duration.components
        let (whole, overflow) = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let (sum, overflowSum) = whole.addingReportingOverflow(attoseconds / 1_000_000_000)
        // Half the range, so that adding it to a deadline can't overflow either.
        let longest = Int64.max / 2
        guard !overflow, !overflowSum else {
            self = .nanoseconds(seconds < 0 ? -longest : longest)
            return
        }
        self = .nanoseconds(min(max(sum, -longest), longest))
    }
}
