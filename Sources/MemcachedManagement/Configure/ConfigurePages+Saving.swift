#if Management
import HTTPTypes
import Hummingbird
import Memcached
import MemcachedTooling

extension ConfigurePages {
    /// Saves what a form has brought, or tests it.
    func take(_ context: ManagementContext) async throws -> Response {
        var context = context
        let answer = try held.answer(to: &context)
        let file: SettingsFile
        do throws(SettingsError) {
            file = try fleet.settings.file()
        } catch {
            return try await show(
                context,
                typed: SettingsForm(context.form, stored: [:]).members,
                alert: "Nothing was saved: \(error.words)",
                status: .internalServerError
            )
        }
        let form = SettingsForm(context.form, stored: file.members)
        let members = form.members
        guard answer != .no else { return try await show(context, typed: members) }
        let problems = form.problems.isEmpty ? fleet.settings.problems(in: members) : form.problems
        guard problems.isEmpty else {
            return try await show(
                context,
                typed: members,
                problems: problems,
                alert: "Nothing was saved: \(Self.wrong(problems)).",
                status: .unprocessableContent
            )
        }
        let action = context.form["action"]
        // What was asked about has been tested before.
        if action != "save-anyway", answer == nil {
            let test: ConnectionTest
            do throws(MemcachedError) {
                test = try await ConnectionTest(try fleet.settings.configuration(members))
            } catch {
                return try await show(context, typed: members, alert: error.message, status: .unprocessableContent)
            }
            guard action == "save", test.isGood else {
                let isTest = action != "save"
                return try await show(
                    context,
                    typed: members,
                    test: test,
                    offersSaving: !isTest,
                    alert: isTest ? nil : "Nothing was saved yet: not every server can be used.",
                    status: isTest ? .ok : .unprocessableContent
                )
            }
        }
        guard (file.fingerprint ?? "") == context.form["fingerprint"] else {
            return try await show(
                context,
                typed: members,
                replacesPresent: true,
                alert:
                    "Somebody else has changed the file since this page was made, and nothing was saved. Saving again replaces theirs, "
                    + "which differs from this form in \(Self.differences(file.members, members)).",
                status: .conflict
            )
        }
        let losses = SettingsLosses.words(from: file.members, to: members)
        guard losses.isEmpty || answer == .yes else {
            let confirmation = Confirmation(
                frame: await frame(context),
                question: "Save the settings without these? They are gone then, for all that read the file.",
                losses: losses,
                action: "/configure",
                button: "Save without them",
                hidden: [held.hold(context)]
            )
            return try templates.page("confirm", confirmation)
        }
        do throws(SettingsError) {
            try file.save(members)
        } catch {
            return try await show(
                context,
                typed: members,
                alert: error.words,
                status: error.kind == .changedMeanwhile ? .conflict : .internalServerError
            )
        }
        await fleet.reload()
        return .redirect(to: "/configure?done=saved")
    }

    private static func differences(_ one: [String: SettingValue], _ other: [String: SettingValue]) -> String {
        let keys = Set(one.keys).union(other.keys).filter { one[$0] != other[$0] }
        let places = keys.sorted().map { SettingField.label($0) ?? "'\($0)'" }
        return places.isEmpty ? "nothing" : places.joined(separator: ", ")
    }
}
#endif
