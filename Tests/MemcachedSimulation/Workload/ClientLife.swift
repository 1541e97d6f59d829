import Memcached
import NIOCore

/// The client's `run()`, and its end.
final class ClientLife: @unchecked Sendable {
    private let world: World
    private var running: Task<Void, Never>?
    private var unfinished = 0

    init(world: World) {
        self.world = world
    }

    var isOver: Bool { unfinished == 0 }

    func start(after milliseconds: Int) {
        unfinished += 1
        let world = world
        running = Task(executorPreference: world.executor) {
            if milliseconds > 0 { await world.pause(milliseconds * 1_000) }
            do {
                try await world.client.run()
            } catch {
                world.report(.errorsAreKnown, "run() threw \(error)")
            }
            self.unfinished -= 1
        }
    }

    func end(after microseconds: Int) {
        unfinished += 1
        let world = world
        Task(executorPreference: world.executor) {
            await world.pause(microseconds)
            world.history.trace.note("shutdown", at: world.loop.now, world.plan.endsGracefully ? 1 : 0)
            if world.plan.endsGracefully {
                world.history.count("end: shutdown()")
                await world.client.shutdown()
            } else {
                world.history.count("end: run() cancelled")
                self.running?.cancel()
            }
            self.unfinished -= 1
        }
    }
}
