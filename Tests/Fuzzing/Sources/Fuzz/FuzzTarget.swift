/// Something that takes arbitrary bytes. It traps where a property doesn't hold.
struct FuzzTarget: Sendable {
    let name: String
    /// Inputs to begin with.
    let seeds: @Sendable (Fixtures) -> [[UInt8]]
    let run: @Sendable (FuzzInput) -> Void

    static let all: [FuzzTarget] = [
        .replies, .requests, .connection, .inflation, .binaryPropertyList, .xmlPropertyList, .json, .flags, .statistics,
        .session, .addresses,
    ]
}

/// Traps unless the property holds.
func demand(_ holds: Bool, _ property: @autoclosure () -> String, file: StaticString = #fileID, line: UInt = #line) {
    guard holds else { fatalError("broken: " + property(), file: file, line: line) }
}
