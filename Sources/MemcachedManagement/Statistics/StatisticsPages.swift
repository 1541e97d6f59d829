#if Management
import HTTPTypes
import Hummingbird
import Memcached

/// What the servers count and how they are set, side by side; and what starts it all anew.
struct StatisticsPages: Sendable {
    let fleet: ManagedFleet
    let templates: Templates
    let access: Access

    func add(to router: RouterGroup<ManagementContext>) {
        router.get("/statistics") { request, context in try await show(Form(queryOf: request), context) }
        for action in FleetAction.allCases {
            router.get("\(action.path)") { request, context in
                try access.refuseIfReadOnly()
                return try await confirm(action, Form(queryOf: request)["server"], context)
            }
            router.post("\(action.path)") { _, context in try await perform(action, context) }
        }
    }
}

/// A group of statistics, by the name that the protocol gives it.
enum StatisticsGroup: String, CaseIterable, Sendable {
    case general, settings, items, slabs

    var title: String {
        switch self {
        case .general: "General"
        case .settings: "Settings"
        case .items: "Items"
        case .slabs: "Slabs"
        }
    }

    /// As the servers are asked for it.
    var request: String? { self == .general ? nil : rawValue }
}

extension StatisticsPages {
    private struct Page: Sendable {
        let frame: PageFrame
        let groups: [Group]
        /// All servers, and each alone; empty where there is but one.
        let views: [Group]
        var table: StatisticsTable?
        var slabs: [SlabTable] = []
        var slabComparison: SlabComparison?
        var failures: [Failure] = []
        let targets: [Target]
    }

    /// What can be shown instead.
    private struct Group: Sendable {
        let title: String
        let path: String
        let isHere: Bool
    }

    private struct Failure: Sendable {
        let server: String
        let reason: String
    }

    /// A server to start anew, or all of them.
    private struct Target: Sendable {
        let name: String
        let value: String
    }

    /// - Parameter server: the one that is shown alone; nil for all.
    private static func path(_ group: StatisticsGroup, _ server: ServerAddress?) -> String {
        "/statistics?group=\(group.rawValue)" + (server.map { "&server=\("\($0)".inQuery)" } ?? "")
    }

    private func show(_ query: Form, _ context: ManagementContext) async throws -> Response {
        let group = StatisticsGroup(rawValue: query["group"] ?? "") ?? .general
        let notice: String? =
            switch query["done"] {
            case "reset": "The counters start anew."
            case "flush": "All items are dropped."
            default: nil
            }
        let all = await fleet.configuration.servers.map(\.address)
        let chosen = all.first { "\($0)" == query["server"] }
        let servers = chosen.map { [$0] } ?? all
        let answers = await fleet.client.stats(group.request)
        var page = Page(
            frame: PageFrame(
                "Statistics",
                in: .statistics,
                context: context,
                access: access,
                isEmbedded: await fleet.isEmbedded,
                notice: notice
            ),
            groups: StatisticsGroup.allCases.map {
                Group(title: $0.title, path: Self.path($0, chosen), isHere: $0 == group)
            },
            views: all.count < 2
                ? []
                : ([nil] + all).map { server in
                    Group(
                        title: server.map { "\($0)" } ?? "All, side by side",
                        path: Self.path(group, server),
                        isHere: server == chosen
                    )
                },
            targets: (all.count > 1 ? [Target(name: "All servers", value: "")] : [])
                + all.map { Target(name: "\($0)", value: "\($0)") }
        )
        var answering: [(name: String, statistics: [String: String])] = []
        for server in servers {
            switch answers[server] {
            case .success(let statistics): answering.append(("\(server)", statistics))
            case .failure(let error): page.failures.append(Failure(server: "\(server)", reason: error.message))
            case nil: break
            }
        }
        if group == .slabs {
            let items = await fleet.client.stats("items")
            page.slabs = answering.map { server in
                let ofServer = items.first { "\($0.key)" == server.name }
                return SlabTable(
                    server: server.name,
                    slabs: server.statistics,
                    items: (try? ofServer?.value.get()) ?? [:]
                )
            }
            page.slabComparison = SlabComparison(page.slabs)
        } else {
            page.table = StatisticsTable(answering, compared: group == .settings)
        }
        return try templates.page("statistics", page)
    }
}

/// What is done to servers as a whole, behind a word that must be typed.
enum FleetAction: String, CaseIterable, Sendable {
    case reset, flush

    var path: String { "/statistics/\(rawValue)" }
}

extension StatisticsPages {
    private func confirm(
        _ action: FleetAction,
        _ server: String?,
        _ context: ManagementContext,
        wordProblem: String? = nil
    ) async throws -> Response {
        let servers = await fleet.configuration.servers
        let server = server.flatMap { $0.isEmpty ? nil : $0 }
        guard server == nil || servers.contains(where: { "\($0.address)" == server }) else {
            throw HTTPError(.notFound, message: "There is no server of that name.")
        }
        let isOne = server != nil || servers.count == 1
        let addresses = servers.map { "\($0.address)" }.joined(separator: ", ")
        let whose = server ?? (isOne ? addresses : "all \(servers.count) servers, \(addresses)")
        let question: String =
            switch action {
            case .flush:
                "Drop all items of \(whose)? They are gone then, for all programs that use \(isOne ? "it" : "them")."
            case .reset: "Let the counters of \(whose) start anew? Whoever watches them sees a break."
            }
        let confirmation = Confirmation(
            frame: PageFrame(
                action == .flush ? "Flush" : "Reset the statistics",
                in: .statistics,
                context: context,
                access: access
            ),
            question: question,
            action: action.path,
            button: action == .flush ? "Drop all items" : "Reset",
            hidden: [
                .init(name: "server", value: server ?? ""),
                .init(name: "servers", value: Self.list(servers)),
            ],
            word: Self.word(action, server),
            wordProblem: wordProblem,
            back: "/statistics"
        )
        return try templates.page("confirm", confirmation, status: wordProblem == nil ? .ok : .unprocessableContent)
    }

    /// What the page has named, so that no other servers are meant by the time the form comes.
    private static func list(_ servers: [MemcachedServer]) -> String {
        servers.map { "\($0.address)" }.joined(separator: " ")
    }

    private static func word(_ action: FleetAction, _ server: String?) -> String {
        "\(action.rawValue) \(server ?? "all")"
    }

    private func perform(_ action: FleetAction, _ context: ManagementContext) async throws -> Response {
        let named = context.form.trimmed("server")
        let server = named.isEmpty ? nil : named
        guard context.form.trimmed("word") == Self.word(action, server) else {
            return try await confirm(
                action,
                server,
                context,
                wordProblem: "That isn't '\(Self.word(action, server))'; nothing was done."
            )
        }
        var configuration = await fleet.configuration
        guard context.form["servers"] == Self.list(configuration.servers) else {
            return try await confirm(
                action,
                server,
                context,
                wordProblem: "The list of servers has changed since this page was made; nothing was done."
            )
        }
        if let server { configuration.servers.removeAll { "\($0.address)" != server } }
        guard !configuration.servers.isEmpty else {
            throw HTTPError(.notFound, message: "There is no server of that name any more.")
        }
        let outcomes = try await withMemcachedClient(configuration: configuration) { client in
            switch action {
            case .flush: await client.flush().mapValues(Self.error)
            case .reset: await client.stats("reset").mapValues(Self.error)
            }
        }
        let failures = outcomes.compactMap { server, error in
            error.map { "\(server): \($0.message)" + ($0.message.hasSuffix("?") ? "" : ".") }
        }
        guard failures.isEmpty else {
            let done = outcomes.filter { $0.value == nil }.map { "\($0.key)" }.sorted().joined(separator: ", ")
            let isCertain = !outcomes.values.contains { $0?.code == .outcomeUnknown }
            let beginning =
                switch (isCertain, done.isEmpty) {
                case (true, true): "It was not done."
                case (true, false): "It was not done everywhere, only on \(done)."
                case (false, true): "Whether it was done is not certain."
                case (false, false): "Only of \(done) is it certain that it was done."
                }
            throw HTTPError(.badGateway, message: ([beginning] + failures.sorted()).joined(separator: " "))
        }
        return .redirect(to: "/statistics?done=\(action.rawValue)")
    }

    private static func error<Value>(_ result: Result<Value, MemcachedError>) -> MemcachedError? {
        if case .failure(let error) = result { error } else { nil }
    }
}
#endif
