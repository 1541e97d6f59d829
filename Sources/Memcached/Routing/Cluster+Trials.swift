import MemcachedFraming
import NIOCore

/// How a server that is left out comes back.
extension Cluster {
    static func scheduleTrial(of node: Node, _ newJobs: AsyncStream<Job>.Continuation) {
        guard let interval = node.trialInterval, node.health.awaitTrial() else { return }
        node.slots[0].eventLoop.scheduleTask(in: TimeAmount(interval)) { [weak node] in
            if let node { newJobs.yield(.trial(node)) }
        }
    }

    /// Sees whether a server answers again; if not, another trial follows.
    func tryAgain(_ node: Node) async {
        node.health.beginTrial()
        let deadline = deadline(after: topology.configuration.connection.connectTimeout)
        for slot in node.slots where node.health.isEjected && !slot.isClosed {
            _ = try? await node.send(.noop, on: slot, deadline: deadline)
        }
        if node.health.isEjected, !node.slots[0].isClosed {
            Self.scheduleTrial(of: node, newJobs)
        }
    }
}
