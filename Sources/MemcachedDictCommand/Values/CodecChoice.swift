import ArgumentParser

/// The codecs by the names that `--codec` takes.
enum CodecChoice: String, CaseIterable, ExpressibleByArgument {
    case json, plist, text, integer, double, bool, bytes
}
