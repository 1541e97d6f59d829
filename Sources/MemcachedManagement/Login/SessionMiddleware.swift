#if Management
import HTTPTypes
import Hummingbird
import NIOCore

/// Finds or begins the browser's session; lets nobody pass who should log in first; and takes a form only from a page of this screen.
struct SessionMiddleware: RouterMiddleware {
    let sessions: BrowserSessions
    let access: Access

    /// The most bytes of a form.
    private static let formLimit = 8 * 1024 * 1024
    /// Of one from somebody who is not logged in.
    private static let outsideLimit = 4_096

    func handle(
        _ request: Request,
        context: ManagementContext,
        next: @concurrent (Request, ManagementContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (request, context)
        let cookie = Self.cookieName(access, request)
        context.session = request.cookies[cookie].flatMap { sessions.session($0.value) }
        switch request.method {
        case .get: try refuseForeignReading(request)
        case .post: try await takeForm(&request, &context)
        default: throw HTTPError(.methodNotAllowed)
        }
        let known = context.session
        let isOpen = Self.openPaths.contains(request.uri.path)
        let lock = access.gate.lock
        guard known?.isAuthenticated == true || isOpen || lock == .open else {
            guard request.method == .get else {
                throw HTTPError(.unauthorized, message: "The session has ended; log in again.")
            }
            return .redirect(to: "/login")
        }
        guard known == nil else { return try await next(request, context) }
        let session = sessions.begin(isAuthenticated: lock == .open, under: lock)
        context.session = session
        var response = try await next(request, context)
        response.setCookie(Self.cookie(session.identifier, access, request))
        return response
    }

    /// A page of another site may lead here, but not load anything from here, which would only make sessions.
    private func refuseForeignReading(_ request: Request) throws {
        guard let site = request.headers[.fetchSite], site != "same-origin", site != "none" else { return }
        guard request.headers[.fetchMode] == "navigate" else {
            throw HTTPError(.forbidden, message: "Another site has asked for this.")
        }
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
        // Where there is no password, nobody is outside.
        let isInside = context.session?.isAuthenticated ?? (access.gate.lock == .open)
        let body = try await body(of: &request, isInside: isInside)
        // A form may be long on its way, and its session have ended meanwhile.
        context.session = context.session.flatMap { sessions.session($0.identifier) }
        context.form = try Form(urlEncoded: String(buffer: body))
        guard let token = context.form["token"], let expected = context.session?.formToken, token == expected else {
            throw RefusedForm(Self.otherSession("load"), context.form)
        }
        if !request.uri.path.hasPrefix("/log") { try access.refuseIfReadOnly() }
    }

    private func body(of request: inout Request, isInside: Bool) async throws -> ByteBuffer {
        do {
            return try await request.collectBody(upTo: isInside ? Self.formLimit : Self.outsideLimit)
        } catch is NIOTooManyBytesError where !isInside && !Self.openPaths.contains(request.uri.path) {
            throw Self.otherSession("go back, copy what you have written, load")
        }
    }

    private static func otherSession(_ advice: String) -> HTTPError {
        HTTPError(
            .forbidden,
            message:
                "The form is not of this session, which may have ended; \(advice) the page again, and repeat. Nothing was done."
        )
    }
}

extension SessionMiddleware {
    /// Browsers share cookies among all ports of a host, so that the port is in the name. Where the connection is encrypted, the prefix
    /// makes them take it from this server alone.
    static func cookieName(_ access: Access, _ request: Request) -> String {
        let port = request.head.authority?.split(separator: ":").last.flatMap { Int($0) }
        return (access.isEncrypted ? "__Host-" : "") + "memcached-manage" + (port.map { "-\($0)" } ?? "")
    }

    /// Sent along by a link of another site, where nothing but reading can come of it, and never by its forms.
    static func cookie(_ identifier: String, _ access: Access, _ request: Request) -> Cookie {
        Cookie(
            name: cookieName(access, request),
            value: identifier,
            path: "/",
            secure: access.isEncrypted,
            httpOnly: true,
            sameSite: .lax
        )
    }
}
#endif
