/// Something that must not happen.
struct Finding: Sendable, Equatable {
    enum Kind: String, CaseIterable, Sendable {
        /// A value that isn't the key's, or not as it was stored.
        case wrongValue
        /// An acknowledged store or update that isn't there, one that is there twice, or one that failed and is there.
        case lostUpdate
        /// Requests, bytes, callers or connections that are counted while nobody does anything.
        case leakedSlot
        /// A call that went on for far longer than it was allowed to.
        case hungCall
        /// A server that was up and didn't answer, or one that ended by itself.
        case lostServer
        /// An error that nothing explains: no server was disturbed, and the caller was patient. Or one of no known kind.
        case suspiciousError
    }

    let kind: Kind
    let text: String
}
