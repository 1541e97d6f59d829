#if Management
import Hummingbird

/// Forms that destroy something, until somebody has answered whether they shall. They wait here rather than in the page that asks, since
/// they may hold a password.
struct HeldForms: Sendable {
    enum Answer: String {
        case yes, no
    }

    private struct Held: Sendable {
        let form: Form
        /// Whose it is.
        let session: String?
    }

    private let tickets = Tickets<Held>(limit: Self.limit) { $0.form.bytes }
    /// The most bytes of all that wait; two of the largest forms.
    private static let limit = 16 * 1024 * 1024
    private static let field = "held"

    /// What the page that asks sends back.
    func hold(_ context: ManagementContext) -> Confirmation.Field {
        let held = Held(form: context.form, session: context.session?.identifier)
        return Confirmation.Field(name: Self.field, value: tickets.issue(held))
    }

    /// The answer, where the context's form brings one; the form that was held takes its place. It is answered once, in its own session.
    func answer(to context: inout ManagementContext) throws -> Answer? {
        guard let number = context.form[Self.field] else { return nil }
        let session = context.session?.identifier
        guard let held = tickets.take(number, where: { $0.session == session }) else {
            throw HTTPError(
                .gone,
                message:
                    "This question has been answered already, as by a second click, or it is too old. This answer has done nothing: "
                    + "look at what is there now."
            )
        }
        let answer = context.form["answer"].flatMap(Answer.init) ?? .no
        context.form = held.form
        return answer
    }
}
#endif
