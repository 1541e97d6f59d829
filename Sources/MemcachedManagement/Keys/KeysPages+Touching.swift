#if Management
import HTTPTypes
import Hummingbird
import Memcached
import MemcachedTooling

extension KeysPages {
    private enum TouchOutcome {
        case touched, missing, conflict
    }

    /// Gives the item a new expiration.
    func touch(_ context: ManagementContext) async throws -> Response {
        var context = context
        let answer = try held.answer(to: &context)
        let ticket = try ticket(context)
        let text = context.form.trimmed("lifetime")
        guard let expiration = Expiration(lifetime: text) else {
            let typed = Typed(touchLifetime: text, touchProblem: Self.lifetimeHelp)
            return try await show(ticket.name, context, typed: typed, status: .unprocessableContent)
        }
        guard answer != .no else {
            return try await show(ticket.name, context, typed: Typed(touchLifetime: text))
        }
        let life = expiration.lifeWithinASecond
        if answer != .yes, let life {
            return try confirmEnd(
                "Let '\(ticket.name.itemKey)' expire after \(life.rounded)? It is over within a second then, and its value gone, for everybody.",
                action: "/keys/touch",
                context
            )
        }
        let touching = await attempt { () async throws(MemcachedError) -> TouchOutcome in
            // What ends is what somebody has seen: a touch by itself compares no versions.
            if life != nil, let item = try await fleet.client.get(ticket.name.itemKey), item.version != ticket.version {
                return .conflict
            }
            return try await fleet.client.touch(ticket.name.itemKey, expiration: expiration) ? .touched : .missing
        }
        switch touching {
        case .success(.touched): return .redirect(to: ticket.name.path + "&done=touched")
        case .success(.missing):
            return try await show(ticket.name, context, alert: "The item is gone.", status: .conflict)
        case .success(.conflict):
            return try await show(
                ticket.name,
                context,
                typed: Typed(touchLifetime: text),
                alert:
                    "Somebody has stored another value meanwhile, and its expiration is as it was. This is what is there now.",
                status: .conflict
            )
        case .failure(let error):
            return try await show(ticket.name, context, alert: Self.words(for: error), status: .badGateway)
        }
    }
}
#endif
