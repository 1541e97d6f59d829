#if Management
import HTTPTypes
import Hummingbird
import Logging

/// The door.
struct LoginPages: Sendable {
    let templates: Templates
    let access: Access
    let sessions: BrowserSessions
    /// Nil where there is no password.
    let gate: PasswordGate?

    func add(to router: RouterGroup<ManagementContext>) {
        router.get("/login") { _, context in
            context.session?.isAuthenticated == true ? .redirect(to: "/servers") : try show(context)
        }
        router.post("/login") { request, context in try await logIn(request, context) }
        router.post("/logout") { _, context in logOut(context) }
    }

    private struct Page: Sendable {
        let frame: PageFrame
    }

    private func show(_ context: ManagementContext, alert: String? = nil) throws -> Response {
        let frame = PageFrame("Log in", in: nil, context: context, access: access, alert: alert)
        return try templates.page("login", Page(frame: frame), status: alert == nil ? .ok : .unauthorized)
    }

    private func logIn(_ request: Request, _ context: ManagementContext) async throws -> Response {
        guard let gate else { return .redirect(to: "/servers") }
        guard try await gate.matches(context.form["password"] ?? "") else {
            context.logger.warning("somebody has given a wrong password")
            return try show(context, alert: "That isn't the password.")
        }
        // Another identifier from now on: who knew the one before is no more inside for it.
        if let session = context.session { sessions.end(session.identifier) }
        let session = sessions.begin(isAuthenticated: true)
        var response = Response.redirect(to: "/servers")
        response.setCookie(SessionMiddleware.cookie(session.identifier, access, request))
        return response
    }

    private func logOut(_ context: ManagementContext) -> Response {
        if let session = context.session { sessions.end(session.identifier) }
        return .redirect(to: "/login")
    }
}
#endif
