import MemcachedFraming
import NIOCore

extension MemcachedDict {
    func decode(_ item: MemcachedItem, _ key: ItemKey) throws(MemcachedError) -> Value {
        let encoded: EncodedValue
        do {
            encoded = try flags.unpack(flags: item.flags, bytes: item.value)
        } catch {
            throw undecodable("\(item.value.readableBytes) bytes with the flags \(item.flags)", error, item, key)
        }
        do {
            return try codec.decode(encoded)
        } catch {
            let compression = encoded.compression == .none ? "" : ", \(encoded.compression.rawValue)-compressed"
            let what = "\(encoded.format)\(compression), \(item.value.readableBytes) bytes"
            throw undecodable(what, error, item, key)
        }
    }

    private func undecodable(
        _ what: String,
        _ error: any Error,
        _ item: MemcachedItem,
        _ key: ItemKey
    ) -> MemcachedError {
        func words(_ reason: String) -> String {
            "the stored value (\(what)) can't be read by the codec '\(codec.name)': \(reason). "
                + "Read it as what it was stored as, or remove it"
        }
        return MemcachedError(
            .undecodable,
            words(Self.reason(error)),
            redactedMessage: words(Self.redactedReason(error)),
            server: item.version.origin?.server,
            key: key,
            cause: error
        )
    }

    /// The value as an item's bytes, flags and expiration.
    func encode(
        _ value: Value,
        _ expiration: Expiration?,
        under key: ItemKey
    ) throws(MemcachedError) -> StoreItem {
        let settings = settings.values
        let item: StoreItem
        do {
            let (flags, bytes) = try codec.pack(value, settings.compression, by: flags)
            item = StoreItem(value: bytes, flags: flags, expiration: expiration ?? settings.expiration)
        } catch {
            let what = "the codec '\(codec.name)' can't encode the value"
            throw MemcachedError(
                .unencodable,
                "\(what): \(Self.reason(error)). Nothing was sent",
                redactedMessage: "\(what): \(Self.redactedReason(error)). Nothing was sent",
                key: key,
                cause: error
            )
        }
        guard item.value.readableBytes <= settings.largestValue else {
            throw MemcachedError(
                .valueTooLarge,
                "the value has \(item.value.readableBytes) bytes as it is stored; this dictionary takes at most "
                    + "\(settings.largestValue). Nothing was sent",
                key: key
            )
        }
        return item
    }

    /// Of an error that isn't a codec's own only the type: its text may quote the value. The error itself is the cause.
    private static func reason(_ error: any Error) -> String {
        (error as? ValueCodecError)?.message ?? "it threw \(type(of: error))"
    }

    /// Only what kind of error it is: its message may quote the names of fields, which of a dictionary are keys.
    private static func redactedReason(_ error: any Error) -> String {
        (error as? ValueCodecError).map { "\($0.code)" } ?? "it threw \(type(of: error))"
    }
}
