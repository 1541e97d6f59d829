import NIOCore

/// An item as the engine keeps it.
struct StoredItem: Sendable {
    let key: ByteBuffer
    var value: ByteBuffer
    var flags: UInt32
    /// The ``EngineClock``'s moment at which it is over; 0 for never.
    var expiration: Int64
    /// The ``EngineClock``'s moment at which it was last stored.
    var storedAt: Int64
    /// 0 where CAS is off.
    var cas: UInt64
    /// As memcached counts it, in bytes.
    var size: Int
}
