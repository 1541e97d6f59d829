/// What a soak is to do.
struct SoakConfiguration: Sendable {
    var duration: Duration
    var chaos: Bool
    var servers: Int
    var tasks: Int
    var seed: UInt64
    /// Whether it tells on standard error how it goes.
    var tellsProgress: Bool

    /// How long the tasks work between two rests.
    static let round = Duration.seconds(20)
    /// How long a call may go on past its deadline before it hangs.
    static let grace = Duration.seconds(20)
    /// How long a server that is up may take until it answers, and until it has closed the connections that are gone.
    static let patience = Duration.seconds(20)
}
