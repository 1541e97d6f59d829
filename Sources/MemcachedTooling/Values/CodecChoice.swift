package import Memcached

/// The codecs by the names that the command and the management screen give them.
package enum CodecChoice: String, CaseIterable, Sendable {
    case json, plist, text, integer, double, bool, bytes
}

extension CodecChoice {
    /// What reads a value; nil where none of these does.
    package init?(_ description: ValueDescription) {
        guard description.kind != .plist else {
            self = .plist
            return
        }
        self.init(rawValue: description.codec)
    }
}
