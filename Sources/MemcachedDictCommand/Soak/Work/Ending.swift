import Memcached

/// What came of a mutation.
enum Ending<Value: Sendable>: Sendable {
    case done(Value)
    /// Nothing was changed, and nothing will be.
    case failed
    /// It isn't known.
    case open

    init(_ result: Result<Value, some Error>) {
        switch result {
        case .success(let value): self = .done(value)
        case .failure(let error):
            switch (error as? MemcachedError)?.code {
            // A server out of memory has dropped what was there.
            case .outcomeUnknown?, .outOfMemory?, nil: self = .open
            default: self = .failed
            }
        }
    }
}
