#if Management
import Hummingbird

/// All pages behind their guards.
struct ManagementScreen: Sendable {
    let fleet: ManagedFleet
    let access: Access
    /// What the screen may be called in a request; nil for any name, which only a password makes safe.
    let names: Set<String>?

    func responder() throws -> some HTTPResponder<ManagementContext> {
        HeadAnswers(pages: try router().buildResponder())
    }

    private func router() throws -> Router<ManagementContext> {
        let templates = try Templates()
        let errors = ErrorPages(templates: templates, access: access)
        let sessions = BrowserSessions(gate: access.gate)
        let router = Router(context: ManagementContext.self)
        router.add(middleware: SecurityHeaders())
        router.add(middleware: errors)
        if let names { router.add(middleware: HostGuard(names: names)) }
        Assets.add(to: router)
        MetricsPage(registry: fleet.metrics, gate: access.gate).add(to: router)
        let pages = router.group()
        pages.add(middleware: SessionMiddleware(sessions: sessions, access: access))
        // Once more, since only within the session they have the way back to the other pages.
        pages.add(middleware: errors)
        LoginPages(templates: templates, access: access, sessions: sessions).add(to: pages)
        ServersPages(fleet: fleet, templates: templates, access: access, sessions: sessions).add(to: pages)
        KeysPages(fleet: fleet, templates: templates, access: access).add(to: pages)
        StatisticsPages(fleet: fleet, templates: templates, access: access).add(to: pages)
        ConfigurePages(fleet: fleet, templates: templates, access: access).add(to: pages)
        return router
    }
}
#endif
