import Memcached

/// How accounts are stored.
enum AccountCodec: String, CaseIterable, Sendable {
    case json = "JSON"
    case propertyList = "property list"
    case zlib = "JSON with zlib"

    func dictionary(_ client: MemcachedClient) -> MemcachedDict<Account> {
        switch self {
        case .json: MemcachedDict(client, keyPrefix: .verbatim(prefix), codec: .json())
        case .propertyList: MemcachedDict(client, keyPrefix: .verbatim(prefix), codec: .propertyList())
        case .zlib: MemcachedDict(client, keyPrefix: .verbatim(prefix), codec: .json().compressed(above: 0))
        }
    }

    private var prefix: String { "bench:\(self):" }
}
