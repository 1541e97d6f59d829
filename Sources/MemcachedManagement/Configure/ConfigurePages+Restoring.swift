#if Management
import HTTPTypes
import Hummingbird
import MemcachedTooling

extension ConfigurePages {
    private struct DamagePage: Sendable {
        let frame: PageFrame
        let path: String
        let problems: [String]
        let previous: SettingsDamage.Previous?
    }

    /// What is wrong with the file, and the way back.
    func showDamage(
        _ damage: SettingsDamage,
        _ context: ManagementContext,
        alert: String?,
        status: HTTPResponse.Status
    ) async throws -> Response {
        let page = DamagePage(
            frame: await frame(context, alert: alert),
            path: damage.path,
            problems: damage.problems,
            previous: damage.previous
        )
        return try templates.page("damage", page, status: status)
    }

    /// Puts the settings that were saved before in the place of a file that is wrong, once that is confirmed.
    func restore(_ context: ManagementContext) async throws -> Response {
        var context = context
        switch try held.answer(to: &context) {
        case nil:
            let confirmation = Confirmation(
                frame: await frame(context),
                question:
                    "Put the settings that were saved before back in the place of the file, with the screen's password in them, if they "
                    + "have one? As it is now it stays beside it, under the name that they have had.",
                action: "/configure/restore",
                button: "Put them back",
                hidden: [held.hold(context)]
            )
            return try templates.page("confirm", confirmation)
        case .no: return .redirect(to: "/configure")
        case .yes:
            do throws(SettingsError) {
                try fleet.settings.restorePrevious(context.form["fingerprint"] ?? "")
            } catch {
                let isConflict = error.kind == .changedMeanwhile
                return try await show(
                    context,
                    alert: error.words,
                    status: isConflict ? .conflict : .internalServerError
                )
            }
            await fleet.reload()
            return .redirect(to: "/configure?done=restored")
        }
    }
}
#endif
