#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The processor time that this process has used.
enum ProcessorTime {
    /// User and system.
    static var now: Duration {
        var usage = rusage()
        getrusage(thisProcess, &usage)
        return duration(usage.ru_utime) + duration(usage.ru_stime)
    }

    #if canImport(Glibc)
    private static var thisProcess: __rusage_who_t { __rusage_who_t(RUSAGE_SELF.rawValue) }
    #else
    private static var thisProcess: CInt { RUSAGE_SELF }
    #endif

    private static func duration(_ time: timeval) -> Duration {
        .seconds(Int64(time.tv_sec)) + .microseconds(Int64(time.tv_usec))
    }
}
