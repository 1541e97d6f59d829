package import NIOCore

extension Engine {
    /// What a client would find under a key, looked at without touching it.
    package func look(at key: ByteBuffer) -> (value: ByteBuffer, cas: UInt64)? {
        guard let place = table.place(of: key), let item = table[place], isAlive(item) else { return nil }
        return (item.value, item.cas)
    }
}
