#if Management
import Memcached
extension MemcachedClient {
    func apply(_ configuration: ClientConfiguration) throws(MemcachedError) { try setServers(configuration.servers) }
}
#endif
