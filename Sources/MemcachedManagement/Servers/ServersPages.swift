#if Management
import HTTPTypes
import Hummingbird
import NIOCore
import ServiceLifecycle

/// The list of servers, which stays up to date.
struct ServersPages: Sendable {
    let fleet: ManagedFleet
    let templates: Templates
    let access: Access
    let sessions: BrowserSessions
    let streams = StreamCount(limit: 64)

    func add(to router: RouterGroup<ManagementContext>) {
        router.get("/") { _, _ in Response.redirect(to: "/servers") }
        router.get("/servers") { _, context in try await list(context) }
        router.get("/servers/live") { _, context in try live(context) }
    }

    private struct Page: Sendable {
        let frame: PageFrame
        let fleet: FleetView
    }

    private func list(_ context: ManagementContext) async throws -> Response {
        let frame = PageFrame(
            "Servers",
            in: .servers,
            context: context,
            access: access,
            isEmbedded: await fleet.isEmbedded
        )
        return try templates.page("servers", Page(frame: frame, fleet: await FleetView(fleet)))
    }

    /// Server-sent events: the list anew after each look at the servers.
    private func live(_ context: ManagementContext) throws -> Response {
        guard let session = context.session?.identifier, streams.hasRoom else {
            throw HTTPError(.serviceUnavailable, message: "Too many pages follow the servers at once; close some.")
        }
        return Response(
            status: .ok,
            headers: [.contentType: "text/event-stream"],
            body: ResponseBody { writer in
                guard streams.take() else { return try await writer.finish(nil) }
                defer { streams.giveBack() }
                while !Task.isShuttingDownGracefully, sessions.isOpen(session) {
                    let text = try templates.render("fleet", ["fleet": await FleetView(fleet)])
                    try await writer.write(Self.event(text))
                    try await Task.sleep(for: ManagedFleet.sampleInterval)
                }
                try await writer.finish(nil)
            }
        )
    }

    private static func event(_ text: String) -> ByteBuffer {
        var buffer = ByteBuffer(string: "event: fleet\n")
        // By line ends in bytes: a carriage return in a server's text must not begin a field of its own.
        for line in text.utf8.split(whereSeparator: { [10, 13].contains($0) }) {
            buffer.writeString("data: ")
            buffer.writeBytes(line)
            buffer.writeString("\n")
        }
        buffer.writeString("\n")
        return buffer
    }
}
#endif
