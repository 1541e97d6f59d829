#if Management
import HTTPTypes
import Hummingbird

/// Finds or begins the browser's session; lets nobody pass who should log in first; and takes a form only from a page of this screen.
struct SessionMiddleware: RouterMiddleware {
    let sessions: BrowserSessions
    let access: Access

    /// The most bytes of a form.
    private static let formLimit = 8 * 1024 * 1024

    func handle(
        _ request: Request,
        context: ManagementContext,
        next: @concurrent (Request, ManagementContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (request, context)
        let known = request.cookies[Self.cookieName(access)].flatMap { sessions.session($0.value) }
        let session = known ?? sessions.begin(isAuthenticated: access.passwordHash == nil)
        context.session = session
        if request.method == .post {
            try await takeForm(&request, &context)
        } else if request.method != .get && request.method != .head {
            throw HTTPError(.methodNotAllowed)
        }
        var response: Response
        if session.isAuthenticated || Self.openPaths.contains(request.uri.path) {
            response = try await next(request, context)
        } else if request.method == .get {
            response = .redirect(to: "/login")
        } else {
            throw HTTPError(.unauthorized, message: "The session has ended; log in again.")
        }
        if known == nil, !response.headers.contains(.setCookie) {
            response.setCookie(Self.cookie(session.identifier, access))
        }
        return response
    }

    private static let openPaths: Set<String> = ["/login"]

    private func takeForm(_ request: inout Request, _ context: inout ManagementContext) async throws {
        // Browsers tell since 2020; the token below is what counts for those that don't.
        if let site = request.headers[.fetchSite], site != "same-origin", site != "none" {
            throw HTTPError(.forbidden, message: "The form comes from another site; nothing was done.")
        }
        if let origin = request.headers[.origin], let authority = request.head.authority,
            !origin.hasSuffix("://" + authority)
        {
            throw HTTPError(.forbidden, message: "The form comes from another site; nothing was done.")
        }
        let body = try await request.collectBody(upTo: Self.formLimit)
        context.form = try Form(urlEncoded: String(buffer: body))
        guard let token = context.form["token"], let expected = context.session?.formToken, token == expected else {
            throw HTTPError(
                .forbidden,
                message:
                    "The form is not of this session, which may have ended; go back, load the page again, and repeat. Nothing was done."
            )
        }
        guard !access.isReadOnly || request.uri.path.hasPrefix("/log") else {
            throw HTTPError(.forbidden, message: "This screen was started with --read-only; nothing was done.")
        }
    }
}

extension SessionMiddleware {
    /// Where the connection is encrypted, the prefix makes browsers take the cookie from this server alone.
    static func cookieName(_ access: Access) -> String {
        access.isEncrypted ? "__Host-memcached-manage" : "memcached-manage"
    }

    static func cookie(_ identifier: String, _ access: Access) -> Cookie {
        Cookie(
            name: cookieName(access),
            value: identifier,
            path: "/",
            secure: access.isEncrypted,
            httpOnly: true,
            sameSite: .strict
        )
    }
}
#endif
