/// A property that didn't hold.
package struct Violation: Codable, Sendable, CustomStringConvertible {
    package enum Property: String, Codable, Sendable {
        case valueUnderItsKey = "a value read under a key was stored under that key, and was there during the call"
        case swapOnItsVersion = "a compare-and-swap stores on the very version that was expected"
        case linearizable = "some order of a key's operations explains all that callers were told"
        case outcomeIsTrue = "an acknowledged outcome happened exactly once, during the call"
        case notDoneIsNeverDone = "what failed as not done is never executed"
        case nothingTwice = "nothing is executed twice unless asked"
        case withinDeadline = "no caller waits past its deadline or its cancellation"
        case withinBounds = "requests and bytes in use keep to their bounds"
        case nothingLeaks = "nothing of a bound is in use at rest, and nobody waits"
        case resumedOnce = "each caller is resumed exactly once"
        case honestServersAreTrusted = "a server that keeps to the protocol is never said to break it"
        case nothingFailsWithoutCause = "a call fails only where something has happened that makes it fail"
        case oneServerPerKey = "a key's requests go to its own server only"
        case changesGoUnnoticed = "nothing fails because the list of servers changes"
        case recovers = "the client recovers once faults end"
        case nothingIsLeft = "no task, channel or timer is left at the end"
        case errorsAreKnown = "a call throws nothing but MemcachedError"
    }

    package let property: Property
    package let message: String

    package var description: String { "\(property.rawValue): \(message)" }
}
