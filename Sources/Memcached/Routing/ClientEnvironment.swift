package import Logging
package import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What a client takes from outside, so that a simulation can put its own in place. Elapsed time comes from the event loops.
package struct ClientEnvironment: Sendable {
    package var eventLoopGroup: any EventLoopGroup
    package var transport: any Transport
    package var logger: Logger
    /// Seconds since 1970, for expirations.
    package var wallClock: @Sendable () -> Double = { Date().timeIntervalSince1970 }
    package var random: @Sendable () -> UInt64 = { UInt64.random(in: .min ... .max) }

    package init(eventLoopGroup: any EventLoopGroup, transport: any Transport, logger: Logger) {
        self.eventLoopGroup = eventLoopGroup
        self.transport = transport
        self.logger = logger
    }
}

/// The environment's source of randomness as the standard library wants it.
package struct EnvironmentGenerator: RandomNumberGenerator {
    private let random: @Sendable () -> UInt64

    package init(_ environment: ClientEnvironment) {
        random = environment.random
    }

    package func next() -> UInt64 { random() }
}
