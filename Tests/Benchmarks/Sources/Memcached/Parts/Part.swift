/// A part of the client whose instructions and allocations are counted. It is of the client's own module, as the client's code that uses
/// it is: what is generic is compiled for the types that it is used with.
package struct Part: Sendable {
    package let name: String
    /// Does it that many times. What it needs once is made before, and is the same for every count.
    package let run: @Sendable (_ count: Int) async throws -> Void

    init(_ name: String, _ run: @escaping @Sendable (_ count: Int) async throws -> Void) {
        self.name = name
        self.run = run
    }

    package static let all: [Part] = framing + routing + connection + coding + client
}

/// Keeps the optimizer from leaving out what nobody looks at.
@inline(never)
func keep<Value>(_ value: borrowing Value) {}
