import Hummingbird
import Memcached

/// Pages that take long to render, and are kept for a minute.
struct Pages: Sendable {
    private let pages: MemcachedDict<String>

    init(_ client: MemcachedClient) {
        pages = MemcachedDict(
            client,
            keyPrefix: "pages",
            codec: .text().compressed(above: 1_024),
            expiration: .after(.seconds(60))
        )
    }

    /// The page as it was rendered in the last minute, or rendered now. Of many requests that miss it at once, one renders it.
    func page(_ name: String) async throws -> String {
        do {
            return try await pages.timeout(.milliseconds(250)).value(forKey: name) { try await render(name) }
        } catch is MemcachedError {
            // The cache may fail; the page may not.
            return try await render(name)
        }
    }

    private func render(_ name: String) async throws -> String {
        try await Task.sleep(for: .milliseconds(100))
        let escaped = name.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
        return "<!DOCTYPE html><title>\(escaped)</title><h1>\(escaped)</h1>"
    }
}

extension Pages {
    func addRoutes(to router: Router<BasicRequestContext>) {
        router.get("pages/:name") { _, context in
            let page = try await page(try context.parameters.require("name"))
            return Response(
                status: .ok,
                headers: [.contentType: "text/html; charset=utf-8"],
                body: ResponseBody(byteBuffer: ByteBuffer(string: page))
            )
        }
    }
}
