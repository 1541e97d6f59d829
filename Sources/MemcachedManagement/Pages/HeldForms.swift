#if Management
/// Forms that destroy something, until somebody has answered whether they shall. They wait here rather than in the page that asks, since
/// they may hold a password.
struct HeldForms: Sendable {
    enum Answer: String {
        case yes, no
    }

    private let tickets = Tickets<Form>(limit: 50)
    private static let field = "held"

    /// What the page that asks sends back.
    func hold(_ form: Form) -> Confirmation.Field {
        Confirmation.Field(name: Self.field, value: tickets.issue(form))
    }

    /// The answer, where a form brings one; the form that was held takes its place.
    func answer(to form: inout Form) throws -> Answer? {
        guard let number = form[Self.field] else { return nil }
        let answer = form["answer"].flatMap(Answer.init) ?? .no
        form = try tickets.content(number)
        return answer
    }
}
#endif
