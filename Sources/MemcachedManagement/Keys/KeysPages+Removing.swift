#if Management
import HTTPTypes
import Hummingbird
import Memcached

extension KeysPages {
    /// Asks before an item gets an expiration that ends it at once. The form is the context's.
    func confirmEnd(_ question: String, action: String, _ context: ManagementContext) throws -> Response {
        let confirmation = Confirmation(
            frame: PageFrame("Let an item expire", in: .keys, context: context, access: access),
            question: question,
            action: action,
            button: "Let it expire",
            hidden: [held.hold(context)]
        )
        return try templates.page("confirm", confirmation)
    }

    func confirmDeletion(_ name: KeyName, _ context: ManagementContext) async throws -> Response {
        guard name.problem == nil else { return try await show(name, context) }
        switch await attempt({ () async throws(MemcachedError) in try await fleet.client.get(name.itemKey) }) {
        case .failure(let error):
            return try await show(name, context, alert: Self.words(for: error))
        case .success(nil):
            return try await show(name, context, alert: "There is nothing to delete.")
        case .success(let item?):
            let confirmation = Confirmation(
                frame: PageFrame("Delete an item", in: .keys, context: context, access: access),
                question:
                    "Delete '\(name.itemKey)'? Its \(item.value.readableBytes) bytes are gone then, for everybody.",
                action: "/keys/delete",
                button: "Delete",
                hidden: [
                    .init(name: "ticket", value: deletions.issue(DeletionTicket(name: name, version: item.version)))
                ],
                back: name.path
            )
            return try templates.page("confirm", confirmation)
        }
    }

    func delete(_ context: ManagementContext) async throws -> Response {
        let ticket = try deletions.content(context.form["ticket"])
        let name = ticket.name
        let removal = await attempt { () async throws(MemcachedError) -> RemoveOutcome in
            // A server that keeps no versions compares none.
            guard ticket.version.cas != 0 else {
                return try await fleet.client.delete(name.itemKey) ? .removed : .missing
            }
            return try await fleet.client.delete(name.itemKey, expecting: ticket.version)
        }
        switch removal {
        case .success(.removed): return .redirect(to: name.path + "&done=deleted")
        case .success(.missing): return try await show(name, context, alert: "The item was gone already.")
        case .success(.conflict):
            return try await show(
                name,
                context,
                alert:
                    "Somebody has stored another value meanwhile, and nothing was deleted. This is what is there now.",
                status: .conflict
            )
        case .failure(let error):
            return try await show(name, context, alert: Self.words(for: error), status: .badGateway)
        }
    }
}
#endif
