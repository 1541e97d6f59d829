#if Management
import Memcached

/// What a call came to.
func attempt<Value>(_ body: () async throws(MemcachedError) -> Value) async -> Result<Value, MemcachedError> {
    do throws(MemcachedError) {
        return .success(try await body())
    } catch {
        return .failure(error)
    }
}
#endif
