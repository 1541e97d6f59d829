#if Management
import HTTPTypes
import Hummingbird

/// The door.
struct LoginPages: Sendable {
    let templates: Templates
    let access: Access
    let sessions: BrowserSessions

    func add(to router: RouterGroup<ManagementContext>) {
        router.get("/login") { _, context in
            context.session?.isAuthenticated == true ? .redirect(to: "/servers") : try show(context)
        }
        router.post("/login") { request, context in try await logIn(request, context) }
        router.post("/logout") { _, context in logOut(context) }
    }

    private struct Page: Sendable {
        let frame: PageFrame
        let passwordProblem: String?
    }

    private func show(
        _ context: ManagementContext,
        passwordProblem: String? = nil,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let frame = PageFrame("Log in", in: nil, context: context, access: access)
        return try templates.page("login", Page(frame: frame, passwordProblem: passwordProblem), status: status)
    }

    private func logIn(_ request: Request, _ context: ManagementContext) async throws -> Response {
        // The session is of the lock that was opened, even if another has taken its place meanwhile.
        let lock = access.gate.lock
        guard case .password(let hash) = lock else { return .redirect(to: "/servers") }
        guard try await access.gate.matches(context.form["password"] ?? "", hash, context.logger) else {
            return try show(context, passwordProblem: "That isn't the password.", status: .unauthorized)
        }
        // Another identifier from now on: who knew the one before is no more inside for it.
        if let session = context.session { sessions.end(session.identifier) }
        let session = sessions.begin(isAuthenticated: true, under: lock)
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
