/// What the server has counted since its start, or since `stats reset`.
struct EngineCounts: Sendable, Equatable {
    var getHits = 0
    var getMisses = 0
    var getExpired = 0
    var getFlushed = 0
    var sets = 0
    var flushes = 0
    var touchHits = 0
    var touchMisses = 0
    var deleteHits = 0
    var deleteMisses = 0
    var incrementHits = 0
    var incrementMisses = 0
    var decrementHits = 0
    var decrementMisses = 0
    var casHits = 0
    var casMisses = 0
    var casMismatches = 0
    var tooLarge = 0
    var outOfMemory = 0
    var totalItems = 0
    var evictions = 0
    var bytesRead = 0
    var bytesWritten = 0
    var totalConnections = 0
    var rejectedConnections = 0
}
