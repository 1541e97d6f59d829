/// What is done to the servers while the tasks work.
enum Disturbance: String, CaseIterable, Sendable {
    /// Killed, and started again at once, empty.
    case restart
    /// Killed, and started again after a while.
    case outage
    /// Stopped for a moment, for less time than a connection may stall.
    case pause
    /// Stopped for longer: its connections are replaced, and it may still carry out what they have sent.
    case freeze
    /// Stopped and continued again and again.
    case crawl
    /// Started again, and so crowded with other clients' connections that it refuses ours.
    case crowd
    /// Left alone, while the client's connections to it are closed abruptly, once or several times: what was on the wire
    /// may be carried out or not.
    case cut
}
