/// What a memcached is told on its command line, as far as its replies depend on it.
package struct EngineSettings: Sendable {
    /// `-I`, in bytes. An item counts with its header, key and terminators.
    package var itemSizeLimit = 1 << 20
    /// `-m`, in bytes.
    package var memoryLimit = 64 << 20
    /// Off under `-M`: a full server then refuses to store.
    package var evictsWhenFull = true
    /// Off under `-C`.
    package var isCASEnabled = true
    /// Off under `-F`.
    package var isFlushEnabled = true
    package var version = "1.6.18"
    /// `-c`.
    package var maximumConnections = 1024

    package init() {}
}

extension EngineSettings {
    /// An item's size as memcached counts it, in bytes.
    func itemSize(keyLength: Int, valueLength: Int, flags: UInt32) -> Int {
        48 + (isCASEnabled ? 8 : 0) + (keyLength + 1) + (valueLength + 2) + (flags == 0 ? 0 : 4)
    }
}
