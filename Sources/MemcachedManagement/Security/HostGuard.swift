#if Management
import HTTPTypes
import Hummingbird

/// Refuses requests for other names than this server's own. A page of somebody else's whose name has been made to lead to this
/// machine (DNS rebinding) is of the same origin to the browser; the name is what gives it away.
struct HostGuard<Context: RequestContext>: RouterMiddleware {
    /// Without ports, in lowercase.
    let names: Set<String>

    /// What a server on a loopback address is called.
    static var loopbackNames: Set<String> { ["localhost", "127.0.0.1", "[::1]"] }

    func handle(
        _ request: Request,
        context: Context,
        next: @concurrent (Request, Context) async throws -> Response
    ) async throws -> Response {
        guard names.contains(Self.name(in: request.head.authority ?? "")) else {
            throw HTTPError(
                .misdirectedRequest,
                message:
                    "This screen answers to \(names.sorted().joined(separator: ", ")) only; --name adds another name."
            )
        }
        return try await next(request, context)
    }

    /// The name in an authority such as `localhost:8080` or `[::1]:8080`.
    static func name(in authority: String) -> String {
        let name: Substring =
            if authority.hasPrefix("["), let end = authority.firstIndex(of: "]") {
                authority[...end]
            } else {
                authority.prefix { $0 != ":" }
            }
        return name.lowercased()
    }
}
#endif
