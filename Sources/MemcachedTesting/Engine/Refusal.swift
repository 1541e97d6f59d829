import MemcachedFraming
import NIOCore

/// Why a command was not done: a status, and the text that memcached sends with it.
struct Refusal: Error, Hashable, Sendable {
    var status: Status
    var text: String

    static let notFound = Refusal(status: .keyNotFound, text: "Not found")
    static let exists = Refusal(status: .keyExists, text: "Data exists for key.")
    static let tooLarge = Refusal(status: .valueTooLarge, text: "Too large.")
    static let invalidArguments = Refusal(status: .invalidArguments, text: "Invalid arguments")
    static let notStored = Refusal(status: .notStored, text: "Not stored.")
    static let notNumeric = Refusal(
        status: .nonNumericValue,
        text: "Non-numeric server-side value for incr or decr"
    )
    static let flushDisabled = Refusal(status: .authenticationError, text: "Auth failure.")
    static let unknownCommand = Refusal(status: .unknownCommand, text: "Unknown command")
    static let noRoomForItem = Refusal(status: .outOfMemory, text: "Out of memory allocating item")
    static let noRoomForCounter = Refusal(status: .outOfMemory, text: "Out of memory allocating new item")
    static let noRoomForResult = Refusal(status: .outOfMemory, text: "Out of memory incrementing value")
}

extension Refusal {
    /// A refusal with any status, in memcached's words where it has some.
    init(_ status: Status) {
        let known: [Refusal] = [
            .notFound, .exists, .tooLarge, .invalidArguments, .notStored, .notNumeric, .flushDisabled, .unknownCommand,
        ]
        self = known.first { $0.status == status } ?? Refusal(status: status, text: status.description)
    }
}
