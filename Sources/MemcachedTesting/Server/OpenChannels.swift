import NIOConcurrencyHelpers
import NIOCore

/// A server's connections, for closing them.
final class OpenChannels: Sendable {
    private struct State: Sendable {
        var channels: [ObjectIdentifier: any Channel] = [:]
        var takesMore = true
    }

    private let state = NIOLockedValueBox(State())

    func add(_ channel: any Channel) {
        let isTaken = state.withLockedValue { state in
            guard state.takesMore else { return false }
            state.channels[ObjectIdentifier(channel)] = channel
            return true
        }
        guard isTaken else {
            channel.close(promise: nil)
            return
        }
        channel.closeFuture.whenComplete { _ in
            self.state.withLockedValue { $0.channels[ObjectIdentifier(channel)] = nil }
        }
    }

    /// Closes those that are open now, and waits until they are.
    func closeAll() async {
        let channels = state.withLockedValue { Array($0.channels.values) }
        for channel in channels {
            channel.close(promise: nil)
        }
        for channel in channels {
            try? await channel.closeFuture.get()
        }
    }

    /// Tells all handlers of those that are open now.
    func notify(_ event: some Sendable) {
        for channel in state.withLockedValue({ Array($0.channels.values) }) {
            channel.pipeline.fireUserInboundEventTriggered(event)
        }
    }

    /// Whether a new connection is closed at once.
    var refusesMore: Bool {
        get { state.withLockedValue { !$0.takesMore } }
        set { state.withLockedValue { $0.takesMore = !newValue } }
    }
}
