#if Management
import Memcached
import MemcachedDoctor

/// The servers as they are now, without the page around them: what the page holds at first, and what is sent to it after.
struct FleetView: Sendable {
    let cards: [ServerCard]
    let fleetFindings: [FindingCard]
    let settingsProblem: String?
    let countText: String

    init(_ fleet: ManagedFleet) async {
        let (servers, history) = await (fleet.configuration.servers, fleet.history)
        let diagnosis = await fleet.diagnosis
        cards = servers.map { server in
            ServerCard(
                server,
                samples: history.samples[server.address] ?? [],
                capacity: history.limit,
                findings: diagnosis?.servers.first { $0.server.address == server.address }?.findings ?? []
            )
        }
        fleetFindings = (diagnosis?.findings ?? []).map(FindingCard.init)
        settingsProblem = await fleet.settingsProblem
        let down = cards.filter { $0.state == "down" }.count
        countText =
            "\(servers.count == 1 ? "One server" : "\(servers.count) servers")"
            + (down == 0 ? "" : ", \(down) not answering")
    }
}
#endif
