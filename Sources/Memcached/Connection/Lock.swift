#if MEMCACHED_THREAD_SANITIZER
import NIOConcurrencyHelpers
#else
import Synchronization
#endif

/// A value that many threads use, for moments at a time, behind one lock.
///
/// It is the standard library's mutex, in which who waits looks on for a while before sleeping: on a call's way a thread that sleeps
/// costs more than all else. The thread sanitizer doesn't see through that mutex on Linux, and reports races where there are none; built
/// with `-DMEMCACHED_THREAD_SANITIZER` the lock is swift-nio's.
package final class Lock<Value: ~Copyable & Sendable>: Sendable {
    #if MEMCACHED_THREAD_SANITIZER
    private let lock = NIOLock()
    nonisolated(unsafe) private var value: Value
    #else
    private let value: Mutex<Value>
    #endif

    package init(_ value: consuming Value) {
        #if MEMCACHED_THREAD_SANITIZER
        self.value = value
        #else
        self.value = Mutex(value)
        #endif
    }

    package func withLock<Result>(_ body: (inout Value) throws -> Result) rethrows -> Result {
        #if MEMCACHED_THREAD_SANITIZER
        try lock.withLock { try body(&value) }
        #else
        try value.withLock { try body(&$0) }
        #endif
    }
}
