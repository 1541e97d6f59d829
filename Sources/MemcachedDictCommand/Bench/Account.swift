/// A struct of a dozen fields, as services keep them.
struct Account: Codable, Sendable, Equatable {
    var id: Int
    var name: String
    var email: String
    var locale: String
    var isActive: Bool
    var visits: Int
    var balance: Double
    var rating: Double
    var tags: [String]
    var lastPages: [String]
    var quota: Int
    var note: String?

    /// Some kilobyte as JSON.
    static let example = Account(
        id: 4_711,
        name: "Ada Lovelace",
        email: "ada@example.org",
        locale: "en_GB",
        isActive: true,
        visits: 1_815,
        balance: 1_234.5,
        rating: 4.75,
        tags: ["mathematics", "engines", "poetry", "translation"],
        lastPages: (1...12).map { "/articles/the-analytical-engine/notes/\($0)" },
        quota: 10_000,
        note: "Wrote the first program that was meant for a machine which nobody had built."
    )
}
