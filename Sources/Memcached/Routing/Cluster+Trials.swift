import MemcachedFraming
import NIOCore

/// How a server that is left out comes back.
extension Cluster {
    static func scheduleTrial(of node: Node, _ newJobs: AsyncStream<Job>.Continuation) {
        guard let interval = node.trialInterval, let number = node.health.awaitTrial() else { return }
        node.slots[0].eventLoop.scheduleTask(in: TimeAmount(interval)) { newJobs.yield(.trial(node, number: number)) }
    }

    /// The time of trials has changed: what is due by the one before is made by the one that holds now.
    static func rescheduleTrial(of node: Node, _ newJobs: AsyncStream<Job>.Continuation) {
        node.health.dropTrial()
        if node.health.isEjected { scheduleTrial(of: node, newJobs) }
    }

    /// Sees whether a server answers again; if not, another trial follows.
    func tryAgain(_ node: Node, number: Int) async {
        guard node.health.beginTrial(number) else { return }
        let deadline = deadline(after: topology.configuration.connection.connectTimeout)
        for slot in node.slots where node.health.isEjected && !slot.isClosed {
            _ = try? await node.send(.noop, on: slot, deadline: deadline)
        }
        if node.health.isEjected, !node.slots[0].isClosed {
            Self.scheduleTrial(of: node, newJobs)
        }
    }
}
