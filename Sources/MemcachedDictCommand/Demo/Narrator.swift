/// Tells the demo's story, and keeps count of what was checked.
struct Narrator {
    private(set) var checks = 0
    private(set) var failures = 0
    private var chapter = 0
    private var isInCode = false
    private var hasTold = false

    mutating func chapter(_ title: String) throws {
        chapter += 1
        (isInCode, hasTold) = (false, false)
        try StandardOutput.write("\n\(chapter). \(title)\n")
    }

    /// A line of Swift that runs now, set off from the story.
    mutating func code(_ line: String) throws {
        if !isInCode, hasTold { try StandardOutput.write("") }
        isInCode = true
        try StandardOutput.write("      \(line)")
    }

    /// What happened.
    mutating func tell(_ line: String) throws {
        if isInCode { try StandardOutput.write("") }
        isInCode = false
        hasTold = true
        try StandardOutput.write("   \(line)")
    }

    /// Checks what the story has just claimed.
    mutating func check<Value: Equatable>(_ what: String, _ value: Value, is expected: Value) throws {
        checks += 1
        guard value != expected else { return }
        failures += 1
        try StandardOutput.write("!! \(what) should be \(expected), and is \(value)")
    }
}
