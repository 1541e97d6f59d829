/// A variable of the environment that begins as those of settings do, and sets nothing.
package struct UnknownVariable: Hashable, Sendable {
    package let name: String
    /// The variable that was probably meant; nil where none is near, and it may well be another program's.
    package let near: String?

    /// - Parameter known: the variables that set something.
    init(_ name: String, known: some Sequence<String>) {
        func ending(_ name: String) -> String { String(name.dropFirst(Self.beginning.count)) }
        self.name = name
        near = ending(name).nearest(among: known.map(ending)).map { Self.beginning + $0 }
    }

    static let beginning = "MEMCACHED_"

    /// In words for whoever has set it.
    package var warning: String {
        "the environment has \(name), which sets nothing here; "
            + (near.map { "did you mean \($0)?" } ?? "is it misspelt?")
    }
}
