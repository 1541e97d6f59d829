import Memcached
import MemcachedTesting

/// What a seed allows to happen, and so what counts as a cause.
struct Circumstances {
    /// Whether replies may have lied.
    var isHostile = false
    /// Whether a server has too little memory.
    var evicts = false
    /// Whether a server takes only small items.
    var limitsItems = false
    /// Whether nothing went wrong that a call could fail of: no lie, no early end, and no fault but those of callers, operators and
    /// other clients.
    var isUndisturbed = false
    /// Whether the client is shut down in the middle of the traffic.
    var endsEarly = false
    /// Whether a key's server may have become another one.
    var movesKeys = false
    /// Whether servers that fail are left out.
    var ejects = false
    /// Whether callers wait where the bounds are reached.
    var waitsForRoom = true
    /// Whether servers give items versions.
    var keepsCAS = true
}

extension Circumstances {
    init(plan: SimulationPlan, faults: FaultScript) {
        let harmless: [Fault] = [.cancel, .serverList, .settings, .flush, .otherWriter]
        isHostile = plan.isHostile
        evicts = plan.evicts
        limitsItems = plan.servers.contains { $0.engine.itemSizeLimit < 1 << 20 }
        isUndisturbed = !plan.isHostile && !plan.endsEarly && faults.struck.allSatisfy(harmless.contains)
        endsEarly = plan.endsEarly
        ejects = plan.configuration.ejection != nil
        movesKeys =
            faults.hasChangedServers
            || (plan.configuration.failurePolicy == .nextServer && (!isUndisturbed || ejects))
        waitsForRoom = plan.configuration.connection.overloadPolicy == .wait
        keepsCAS = plan.servers.allSatisfy { $0.engine.isCASEnabled }
    }
}
