import Memcached
import NIOCore

/// Asks each connection of each server for a key, again and again, until it has answered once.
final class RecoveryProbe: @unchecked Sendable {
    private let world: World
    private var keys: [String] = []
    private var answered: [String] = []

    init(world: World) {
        self.world = world
        var places: [Int] = []
        let configuration = world.client.configuration
        let topology = world.client.cluster.topology
        let wanted = topology.nodes.count * configuration.connectionsPerServer
        for number in 0..<200 where places.count < wanted {
            guard let key = try? world.client.itemKey("probe\(number)") else { continue }
            let place = topology.place(of: key)
            let code = place.index * configuration.connectionsPerServer + place.slotIndex
            guard !places.contains(code) else { continue }
            places.append(code)
            keys.append("probe\(number)")
        }
    }

    /// The longest that it may take by the client's settings: a vanished peer is noticed, an attempt to connect fails, another follows.
    var limit: TimeAmount {
        let configuration = world.client.configuration
        let connection = configuration.connection
        let time =
            connection.stallTimeout + connection.connectTimeout * 3 + configuration.maximumBackoff * 3
            + (configuration.ejection?.trialInterval ?? .zero) * 2 + .seconds(2)
        return time.timeAmount
    }

    /// Under another failure policy than the default one, other servers may have answered for those that are still away.
    var isDone: Bool { answered.count == keys.count && missing.isEmpty }

    /// Servers that are left out or not connected.
    private var missing: [String] {
        world.client.cluster.topology.nodes.compactMap { node in
            if node.health.isEjected { return "\(node.address) is left out" }
            return node.slots.contains { $0.current == nil } ? "\(node.address) is not connected" : nil
        }
    }

    func start() {
        let world = world
        for key in keys {
            Task(executorPreference: world.executor) {
                while !self.answered.contains(key), world.violation == nil {
                    do {
                        _ = try await world.client.timeout(.milliseconds(200)).get(key)
                        self.answered.append(key)
                    } catch {
                        await world.pause(10_000)
                    }
                }
            }
        }
    }

    func check() {
        guard world.violation == nil, !isDone else { return }
        let unanswered = keys.filter { !answered.contains($0) }
        world.report(.recovers, "long after the last fault: no answer for \(unanswered); \(missing)")
    }
}
