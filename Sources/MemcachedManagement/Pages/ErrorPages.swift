#if Management
import HTTPTypes
import Hummingbird
import Logging

/// Whatever goes wrong is a page that says so.
struct ErrorPages: RouterMiddleware {
    let templates: Templates
    let access: Access

    func handle(
        _ request: Request,
        context: ManagementContext,
        next: @concurrent (Request, ManagementContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as RefusedForm {
            var context = context
            context.form = error.form
            return try page(error.reason, context)
        } catch let error as HTTPError {
            return try page(error, context)
        } catch let error as any HTTPResponseError {
            return try page(error.status, Self.words(for: error.status), context)
        } catch is CancellationError {
            throw CancellationError()
        } catch {
            context.logger.error("a page can't be made", metadata: ["error": "\(error)"])
            return try page(.internalServerError, "The screen itself has failed: \(error)", context)
        }
    }

    private func page(_ error: HTTPError, _ context: ManagementContext) throws -> Response {
        try page(error.status, error.body ?? Self.words(for: error.status), context)
    }

    private func page(
        _ status: HTTPResponse.Status,
        _ message: String,
        _ context: ManagementContext
    ) throws -> Response {
        let frame = PageFrame(status.reasonPhrase, in: nil, context: context, access: access)
        return try templates.page(
            "problem",
            Problem(frame: frame, message: message, kept: context.form["value"]),
            status: status
        )
    }

    private static func words(for status: HTTPResponse.Status) -> String {
        switch status {
        case .notFound: "There is no such page."
        case .contentTooLarge: "That is more than this form may hold."
        default: "\(status.reasonPhrase)."
        }
    }
}
#endif
