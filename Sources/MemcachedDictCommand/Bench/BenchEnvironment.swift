import Memcached

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// What the environment says, as a script does that runs several clients' benchmarks.
struct BenchEnvironment {
    private let variables: [String: String]

    static var current: BenchEnvironment { BenchEnvironment(variables: ProcessInfo.processInfo.environment) }

    private init(variables: [String: String]) {
        self.variables = variables
    }

    func seconds(in range: ClosedRange<Double>) throws -> Double? {
        guard let text = variables["BENCH_SECONDS"] else { return nil }
        guard let seconds = Double(text), range.contains(seconds) else {
            throw Complaint(
                "BENCH_SECONDS is '\(text)', and should be a number from \(range.lowerBound) to \(range.upperBound)",
                status: .usage
            )
        }
        return seconds
    }

    static let serverVariable = "MEMCACHED_SERVER"

    var server: MemcachedServer? {
        get throws(MemcachedError) {
            guard let text = variables[Self.serverVariable] else { return nil }
            return try MemcachedServer(text)
        }
    }
}
