/// What a memcached is told on its command line, as far as its replies depend on it.
struct EngineSettings: Sendable {
    /// `-I`, in bytes. An item counts with its header, key and terminators.
    var itemSizeLimit = 1 << 20
    /// `-m`, in bytes.
    var memoryLimit = 64 << 20
    /// Off under `-M`: a full server then refuses to store.
    var evictsWhenFull = true
    /// Off under `-C`.
    var isCASEnabled = true
    /// Off under `-F`.
    var isFlushEnabled = true
    var version = "1.6.18"
    /// `-c`.
    var maximumConnections = 1024
}

extension EngineSettings {
    /// An item's size as memcached counts it, in bytes.
    func itemSize(keyLength: Int, valueLength: Int, flags: UInt32) -> Int {
        48 + (isCASEnabled ? 8 : 0) + (keyLength + 1) + (valueLength + 2) + (flags == 0 ? 0 : 4)
    }
}
