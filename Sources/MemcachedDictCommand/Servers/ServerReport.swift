/// What one server has answered, as it is printed: an object of JSON, or lines for a person.
protocol ServerReport: Encodable {
    var lines: [String] { get }
}
