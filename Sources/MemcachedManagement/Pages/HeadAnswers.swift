#if Management
import HTTPTypes
import Hummingbird

/// Answers HEAD as GET, without a body, whatever becomes of it: the router's own option leaves the pages of errors with one, which a client
/// would take for the beginning of the next answer.
struct HeadAnswers<Pages: HTTPResponder<ManagementContext>>: HTTPResponder {
    let pages: Pages

    func respond(to request: Request, context: ManagementContext) async throws -> Response {
        guard request.method == .head else { return try await pages.respond(to: request, context: context) }
        var head = request.head
        head.method = .get
        let response = try await pages.respond(to: Request(head: head, body: request.body), context: context)
        // Of a stream, whose length nobody knows, it says 0: without a length NIO would send a last chunk.
        return response.createHeadResponse()
    }
}
#endif
