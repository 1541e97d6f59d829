extension Engine {
    /// Counts a new connection, and gives the pid that it is bound to; nil where the server has too many.
    mutating func admit() -> Int? {
        counts.totalConnections += 1
        guard openConnections < settings.maximumConnections else {
            counts.rejectedConnections += 1
            return nil
        }
        openConnections += 1
        return pid
    }

    mutating func release(_ incarnation: Int) {
        if incarnation == pid { openConnections -= 1 }
    }
}
