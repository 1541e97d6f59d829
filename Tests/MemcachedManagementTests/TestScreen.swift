#if Management
import Foundation
import HTTPTypes
import Hummingbird
import HummingbirdCore
import InMemoryLogging
import Logging
import Memcached
import MemcachedTesting
import NIOCore
import NIOEmbedded
import Testing

@testable import MemcachedManagement

/// A screen without a network before it, on servers that a file of settings names.
struct TestScreen: Sendable {
    let fleet: ManagedFleet
    let path: String
    private let responder: any HTTPResponder<ManagementContext>
    private let log: InMemoryLogHandler

    /// - Parameters:
    ///   - settings: the file's text; nil where there is none.
    ///   - file: its name.
    ///   - environment: as of the process.
    static func with<Result>(
        _ settings: String? = nil,
        in file: String = "config.json",
        environment: [String: String] = [:],
        access: Access = Access(),
        names: Set<String>? = HostGuard<ManagementContext>.loopbackNames,
        _ body: @Sendable (TestScreen) async throws -> Result
    ) async throws -> Result {
        let folder = FileManager.default.temporaryDirectory.appending(path: "screen-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let path = folder.appending(path: file).path
        if let settings { try Data(settings.utf8).write(to: URL(filePath: path)) }
        let log = InMemoryLogHandler()
        let fleet = try await ManagedFleet(
            FleetSettings(path: path, environment: environment),
            gate: access.gate,
            logger: Logger(label: "test") { _ in log }
        )
        let screen = TestScreen(
            fleet: fleet,
            path: path,
            responder: try ManagementScreen(fleet: fleet, access: access, names: names).responder(),
            log: log
        )
        let running = Task { try await fleet.run() }
        do {
            let result = try await body(screen)
            await fleet.client.shutdown()
            _ = await running.result
            return result
        } catch {
            await fleet.client.shutdown()
            _ = await running.result
            throw error
        }
    }

    /// What it has warned of.
    var warnings: [String] { log.entries.filter { $0.level == .warning }.map { "\($0.message)" } }

    /// Replaces the file of the settings, and lets the screen see it.
    func change(_ settings: String) async throws {
        try Data(settings.utf8).write(to: URL(filePath: path))
        await fleet.reload()
    }

    /// - Parameter readingBody: false of an answer that has no end.
    func respond(
        to request: HTTPRequest,
        body: RequestBody = RequestBody(buffer: ByteBuffer()),
        readingBody: Bool = true
    ) async throws -> (response: Response, text: String) {
        let context = ManagementContext(
            source: ApplicationRequestContextSource(
                channel: EmbeddedChannel(),
                logger: Logger(label: "test") { _ in log }
            )
        )
        let response = try await responder.respond(
            to: Request(head: request, body: body),
            context: context
        )
        guard readingBody else { return (response, "") }
        let collected = Collected()
        try await response.body.write(collected)
        return (response, await collected.text)
    }

    private actor Collected: ResponseBodyWriter {
        var text = ""

        func write(_ buffer: ByteBuffer) { text += String(buffer: buffer) }

        func finish(_ trailingHeaders: HTTPFields?) {}
    }
}

/// What somebody at a browser does: it keeps cookies, and sends back what forms hold.
actor TestBrowser {
    struct Page: Sendable {
        let status: Int
        let text: String
        let headers: HTTPFields

        func contains(_ text: String) -> Bool { self.text.contains(text) }
    }

    private let screen: TestScreen
    private var cookies: [String: String] = [:]
    private(set) var page = Page(status: 0, text: "", headers: [:])

    init(_ screen: TestScreen) {
        self.screen = screen
    }

    /// Follows where it is sent.
    @discardableResult
    func open(_ path: String, host: String = "localhost") async throws -> Page {
        try await send(HTTPRequest(method: .get, scheme: "http", authority: host, path: path))
    }

    /// Sends a form with the token of the page that is open, and its ticket where it has one.
    @discardableResult
    func submit(
        _ path: String,
        _ fields: [String: String],
        headers: HTTPFields = [:],
        token: String? = nil
    ) async throws -> Page {
        var fields = fields
        for name in ["ticket", "fingerprint", "servers", "held"] where fields[name] == nil {
            fields[name] = hidden(name)
        }
        fields["token"] = token ?? hidden("token")
        var request = HTTPRequest(method: .post, scheme: "http", authority: "localhost", path: path)
        request.headerFields = headers
        request.headerFields[.contentType] = "application/x-www-form-urlencoded"
        return try await send(request, body: Self.encoded(fields))
    }

    /// The value of a hidden field of the page.
    func hidden(_ name: String) -> String? {
        let start = "<input type=\"hidden\" name=\"\(name)\" value=\""
        guard let range = page.text.range(of: start) else { return nil }
        return String(page.text[range.upperBound...].prefix { $0 != "\"" })
    }

    var cookieHeader: String { cookies.map { "\($0.key)=\($0.value)" }.joined(separator: "; ") }

    private func send(_ request: HTTPRequest, body: String? = nil) async throws -> Page {
        var request = request
        if !cookies.isEmpty { request.headerFields[.cookie] = cookieHeader }
        let (response, text) = try await screen.respond(
            to: request,
            body: RequestBody(buffer: ByteBuffer(string: body ?? ""))
        )
        if let cookie = response.headers[.setCookie] {
            let pair = cookie.prefix { $0 != ";" }.split(separator: "=", maxSplits: 1)
            cookies[String(pair[0])] = String(pair[1])
        }
        if let place = response.headers[.location] { return try await open(place) }
        page = Page(status: response.status.code, text: text, headers: response.headers)
        return page
    }

    static func encoded(_ fields: [String: String]) -> String {
        fields.map { "\(encoded($0.key))=\(encoded($0.value))" }.joined(separator: "&")
    }

    static func encoded(_ text: String) -> String {
        text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
    }
}
#endif
