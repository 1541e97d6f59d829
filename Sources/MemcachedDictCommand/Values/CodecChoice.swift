import ArgumentParser
import Memcached

/// The codecs by the names that `--codec` takes.
enum CodecChoice: String, CaseIterable, ExpressibleByArgument {
    case json, plist, text, integer, double, bool, bytes
}

extension CodecChoice {
    /// What reads a value; nil where none of these does.
    init?(_ description: ValueDescription) {
        guard description.kind != .plist else {
            self = .plist
            return
        }
        self.init(rawValue: description.codec)
    }
}
