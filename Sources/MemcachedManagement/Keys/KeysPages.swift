#if Management
import HTTPTypes
import Hummingbird
import Memcached
import MemcachedTooling
import NIOCore

/// The key explorer: one item at a time, since memcached can't list its keys.
struct KeysPages: Sendable {
    let fleet: ManagedFleet
    let templates: Templates
    let access: Access
    let tickets = Tickets<EditTicket>(limit: 250)
    let deletions = Tickets<DeletionTicket>(limit: 250)
    let held = HeldForms()

    func add(to router: RouterGroup<ManagementContext>) {
        router.get("/keys") { request, context in
            try await show(name(request), context, notice: Self.notice(request))
        }
        router.post("/keys/save") { _, context in try await save(context) }
        router.post("/keys/touch") { _, context in try await touch(context) }
        router.get("/keys/delete") { request, context in
            try access.refuseIfReadOnly()
            // In a form's field, a line's end in a key would become another one.
            guard let ticket = try Form(queryOf: request)["ticket"] else {
                return try await confirmDeletion(name(request), context)
            }
            return try await confirmDeletion(tickets.content(ticket).name, context)
        }
        router.post("/keys/delete") { _, context in try await delete(context) }
    }
}

extension KeysPages {
    struct Page: Sendable {
        let frame: PageFrame
        let prefix: String
        let key: String
        /// Why there can be no such key.
        let keyProblem: String?
        let hashNote: String?
        var found: Found?
        var missing: Missing?
        var failure: Failure?
        /// What somebody has typed, where there is no field for it.
        var kept: String?
    }

    struct Found: Sendable {
        let itemKey: String
        let server: String
        let ring: String?
        let item: ItemView
        let ticket: String
        let value: String?
        /// How the value is in hexadecimal; nil where it is text.
        let hexNote: String?
        let lifetime: String
        let lifetimeProblem: String?
        let valueProblem: String?
        /// What a value that is stored for the first time is to be stored with, where the page was made before there was one.
        let keptCodec: String?
        let touchLifetime: String
        let touchProblem: String?
    }

    struct Missing: Sendable {
        let itemKey: String
        let server: String
        let ring: String?
        let ticket: String
        let value: String
        let lifetime: String
        let lifetimeProblem: String?
        let valueProblem: String?
        let codecs: [Codec]
    }

    /// An item that couldn't be read. Where it would be is known without the server.
    struct Failure: Sendable {
        let message: String
        let itemKey: String
        let server: String
        let ring: String?
    }

    struct Codec: Sendable {
        let name: String
        let isChosen: Bool
    }

    /// What somebody has typed, which is shown again where it can't be taken.
    struct Typed: Sendable {
        var value: String?
        var lifetime = ""
        var codec = CodecChoice.json
        /// Whether the value was typed in hexadecimal.
        var isHex = false
        var valueProblem: String?
        var lifetimeProblem: String?
        var touchLifetime = ""
        var touchProblem: String?
    }

    private func name(_ request: Request) async throws -> KeyName {
        KeyName(try Form(queryOf: request), dictionaries: await fleet.configuration)
    }

    private static func notice(_ request: Request) -> String? {
        // Of a fixed list: nobody's link can make the page say something else.
        switch (try? Form(queryOf: request))?["done"] {
        case "stored": "The value is stored."
        case "same":
            "This value is stored already, by this form or by somebody else, with the expiration that was given then."
        case "touched": "The item has a new expiration."
        case "deleted": "The item is deleted."
        default: nil
        }
    }
}

extension KeysPages {
    /// - Parameters:
    ///   - typed: what somebody has typed and couldn't be stored.
    ///   - ticket: of the page on which it was typed, so that what others have stored since isn't overwritten unseen; nil for a new one.
    func show(
        _ name: KeyName,
        _ context: ManagementContext,
        typed: Typed = Typed(),
        keeping ticket: String? = nil,
        notice: String? = nil,
        alert: String? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        var page = Page(
            frame: PageFrame(
                "Keys",
                in: .keys,
                context: context,
                access: access,
                isEmbedded: await fleet.isEmbedded,
                notice: notice,
                alert: alert
            ),
            prefix: name.prefix,
            key: name.key,
            keyProblem: name.isEmpty ? nil : name.problem,
            hashNote: name.hashNote
        )
        guard !name.isEmpty, page.keyProblem == nil else { return try templates.page("keys", page, status: status) }
        var typed = typed
        if typed.value == nil { typed.lifetime = Self.lifetime(by: await settings(of: name)) }
        let client = fleet.client
        let owner = try client.server(for: name.itemKey).server.address
        let ring = RingPlace.explanation(of: name.itemKey, among: client.servers)
        let reading = await attempt { () async throws(MemcachedError) in try await client.get(name.itemKey) }
        switch reading {
        case .success(let item?): page.found = found(name, item, owner, ring, typed, ticket)
        case .success(nil): page.missing = missing(name, owner, ring, typed, ticket)
        case .failure(let error):
            page.failure = Failure(
                message: Self.words(for: error),
                itemKey: name.itemKey,
                server: "\(owner)",
                ring: ring
            )
            page.kept = typed.value
            return try templates.page("keys", page, status: .badGateway)
        }
        if page.found?.value == nil, page.missing == nil { page.kept = typed.value }
        return try templates.page("keys", page, status: status)
    }

    /// Those of the key's dictionary, or of all.
    func settings(of name: KeyName) async -> DictionarySettings {
        let configuration = await fleet.configuration
        return configuration.settings(ofDictionary: name.dictionary(among: configuration.dictionaries.keys))
    }

    /// The expiration that is configured, as a field takes it; empty for none.
    private static func lifetime(by settings: DictionarySettings) -> String {
        guard case .after(let duration) = settings.expiration else { return "" }
        let (seconds, attoseconds) = duration.components
        return "\(seconds + (attoseconds > 0 ? 1 : 0))"
    }

    private func found(
        _ name: KeyName,
        _ item: MemcachedItem,
        _ server: ServerAddress,
        _ ring: String?,
        _ typed: Typed,
        _ ticket: String?
    ) -> Found {
        let form = Self.form(item)
        let view = ItemView(item, form: form)
        let edited = try? form.get()
        return Found(
            itemKey: name.itemKey,
            server: Self.words(for: server, answering: item.version.origin?.server),
            ring: ring,
            item: view,
            ticket: ticket ?? tickets.issue(EditTicket(name: name, version: item.version, form: edited)),
            value: view.edited.map { typed.value ?? $0 },
            hexNote: typed.value == nil ? view.hexNote : typed.isHex ? HexText.help : nil,
            lifetime: typed.lifetime,
            lifetimeProblem: typed.lifetimeProblem,
            valueProblem: typed.valueProblem,
            keptCodec: ticket == nil ? nil : typed.codec.rawValue,
            touchLifetime: typed.touchLifetime,
            touchProblem: typed.touchProblem
        )
    }

    private func missing(
        _ name: KeyName,
        _ server: ServerAddress,
        _ ring: String?,
        _ typed: Typed,
        _ ticket: String?
    ) -> Missing {
        Missing(
            itemKey: name.itemKey,
            server: "\(server)",
            ring: ring,
            ticket: ticket ?? tickets.issue(EditTicket(name: name, version: nil)),
            value: typed.value ?? "",
            lifetime: typed.lifetime,
            lifetimeProblem: typed.lifetimeProblem,
            valueProblem: typed.valueProblem,
            codecs: CodecChoice.allCases.map { Codec(name: $0.rawValue, isChosen: $0 == typed.codec) }
        )
    }

    static func form(_ item: MemcachedItem) -> Result<FormText, FormText.Refusal> {
        do throws(FormText.Refusal) {
            return .success(try FormText(item))
        } catch {
            return .failure(error)
        }
    }

    /// A server that can't be reached may have another in its place.
    private static func words(for owner: ServerAddress, answering: ServerAddress?) -> String {
        guard let answering, answering != owner else { return "\(owner)" }
        return "\(owner), which can't be reached: \(answering) has answered in its place"
    }

    static func words(for error: MemcachedError) -> String {
        (error.server.map { "\($0): " } ?? "") + error.message
    }
}
#endif
