/// A text that shows itself in no description, no mirror and no dump.
package struct Secret: Sendable {
    package let text: String

    package init(_ text: String) {
        self.text = text
    }
}

extension Secret: Equatable {
    /// By bytes, as they are sent: to Swift, a composed and a decomposed "é" are one text.
    package static func == (one: Secret, other: Secret) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }
}

extension Secret: CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    package var description: String { "<redacted>" }
    package var debugDescription: String { description }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
