#if Management
import ServiceLifecycle

/// The fleet, for as long as the screen is served.
struct FleetService: Service {
    let fleet: ManagedFleet

    func run() async throws {
        try await fleet.run()
    }
}
#endif
