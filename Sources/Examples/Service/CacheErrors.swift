#if Management
import Hummingbird
import Logging
import Memcached

/// Turns what the cache throws into an answer that a browser understands.
struct CacheErrors: RouterMiddleware {
    typealias Context = BasicRequestContext

    func handle(
        _ request: Request,
        context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let error as MemcachedError where error.code == .invalidKey {
            throw HTTPError(.badRequest, message: "that name is too long")
        } catch let error as MemcachedError {
            context.logger.error("the cache failed", metadata: ["error": "\(error)"])
            throw HTTPError(.serviceUnavailable, message: "please try again in a moment")
        }
    }
}
#endif
