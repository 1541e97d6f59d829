import Memcached
import MemcachedTooling

extension Complaint {
    /// A stored value that can't be read by the codec that was asked for, or at all.
    init(undecodable item: MemcachedItem, under key: String, by codec: CodecChoice?, _ error: ValueCodecError) {
        let reason =
            error.code == .unknownFlags
            ? "its flags \(item.flags) are none that this command knows; another client wrote it" : error.message
        let advice =
            codec == .bytes
            ? "It is damaged: store it again, or delete it."
            : "See what it is with 'memcached-dict inspect', or take its bytes with 'get --codec bytes'."
        self.init("the value under '\(key)' can't be read: \(reason)", advice: advice, status: .refusedInput)
    }
}
