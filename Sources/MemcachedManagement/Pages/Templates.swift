#if Management
import HTTPTypes
import Hummingbird
import Mustache
import NIOCore

/// The pages' templates, which are part of the program.
struct Templates: Sendable {
    private let library: MustacheLibrary

    init() throws {
        MustacheContentTypes.register(MarkupText(), named: "MARKUP")
        let sources: KeyValuePairs<String, [UInt8]> = [
            "layout": PackageResources.layout_mustache,
            "login": PackageResources.login_mustache,
            "problem": PackageResources.problem_mustache,
            "servers": PackageResources.servers_mustache,
            "fleet": PackageResources.fleet_mustache,
            "finding": PackageResources.finding_mustache,
            "configure": PackageResources.configure_mustache,
            "damage": PackageResources.damage_mustache,
            "field": PackageResources.field_mustache,
            "keys": PackageResources.keys_mustache,
            "conflict": PackageResources.conflict_mustache,
            "confirm": PackageResources.confirm_mustache,
            "statistics": PackageResources.statistics_mustache,
            "slab": PackageResources.slab_mustache,
        ]
        var templates: [String: MustacheTemplate] = [:]
        for (name, source) in sources {
            // Each template sets it for itself: one that is included begins with the library's own.
            templates[name] = try MustacheTemplate(
                string: "{{% CONTENT_TYPE: MARKUP}}" + String(decoding: source, as: UTF8.self)
            )
        }
        library = MustacheLibrary(templates: templates)
    }

    func render(_ name: String, _ content: some Sendable) throws -> String {
        guard let text = library.render(content, withTemplate: name) else {
            throw HTTPError(.internalServerError, message: "there is no page '\(name)'")
        }
        return text
    }

    /// A whole page.
    func page(
        _ name: String,
        _ content: some Sendable,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        Response(
            status: status,
            headers: [.contentType: "text/html; charset=utf-8"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: try render(name, content)))
        )
    }
}
#endif
