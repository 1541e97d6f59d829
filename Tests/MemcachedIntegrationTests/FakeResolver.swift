import NIOConcurrencyHelpers
import NIOCore
import NIOPosix

/// Resolves every name to the one address that the test says; while there is none, whoever asks waits, or learns it at
/// once.
final class FakeResolver: Resolver, Sendable {
    private struct State {
        var address: String?
        var waiting: [(port: Int, promise: EventLoopPromise<[SocketAddress]>)] = []
    }

    private let state: NIOLockedValueBox<State>
    private let waits: Bool
    private let eventLoop = MultiThreadedEventLoopGroup.singleton.any()

    init(address: String?, waits: Bool = true) {
        self.waits = waits
        state = NIOLockedValueBox(State(address: address))
    }

    var address: String? {
        get { state.withLockedValue(\.address) }
        set { state.withLockedValue { $0.address = newValue } }
    }

    /// How many wait for an address.
    var waiting: Int { state.withLockedValue(\.waiting.count) }

    /// Answers those who wait. Returns when they have been told.
    func answer() async throws {
        let waiting = state.withLockedValue { state in
            defer { state.waiting = [] }
            return state.waiting
        }
        for (port, promise) in waiting {
            promise.succeed(try addresses(port: port))
            _ = try await promise.futureResult.get()
        }
    }

    private func addresses(port: Int) throws -> [SocketAddress] {
        try address.map { [try SocketAddress(ipAddress: $0, port: port)] } ?? []
    }

    func initiateAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        let promise = eventLoop.makePromise(of: [SocketAddress].self)
        if waits, address == nil {
            state.withLockedValue { $0.waiting.append((port, promise)) }
        } else {
            promise.completeWith(Result { try addresses(port: port) })
        }
        return promise.futureResult
    }

    func initiateAAAAQuery(host: String, port: Int) -> EventLoopFuture<[SocketAddress]> {
        eventLoop.makeSucceededFuture([])
    }

    func cancelQueries() {}
}
