import Foundation
import MemcachedSimulation

/// Shares seeds among processes, since each simulation is confined to its thread and a crash ends its process.
struct Campaign {
    let first: UInt64
    let seeds: UInt64
    let processes: Int
    let untilFailure: Bool

    struct ChildFailed: Error, CustomStringConvertible {
        let status: Int32
        var description: String { "a process of the simulation ended with status \(status); its seed is named above" }
    }

    func run() throws -> SimulationSummary {
        let share = seeds / UInt64(processes)
        var children: [(process: Process, file: URL)] = []
        for index in 0..<UInt64(processes) {
            let begin = first + index * share
            let count = index == UInt64(processes) - 1 ? seeds - index * share : share
            children.append(try start(begin, count, index))
        }
        var summary = SimulationSummary()
        var failure: ChildFailed?
        for (process, file) in children {
            process.waitUntilExit()
            defer { try? FileManager.default.removeItem(at: file) }
            guard process.terminationStatus == 0 else {
                failure = ChildFailed(status: process.terminationStatus)
                continue
            }
            summary.add(try JSONDecoder().decode(SimulationSummary.self, from: Data(contentsOf: file)))
        }
        if let failure {
            for line in summary.lines { print(line) }
            throw failure
        }
        return summary
    }

    private func start(_ begin: UInt64, _ count: UInt64, _ index: UInt64) throws -> (Process, URL) {
        let name = "memcached-simulate-\(ProcessInfo.processInfo.processIdentifier)-\(index).json"
        let file = FileManager.default.temporaryDirectory.appending(path: name)
        let process = Process()
        process.executableURL = Bundle.main.executableURL
        var arguments = ["--first", "\(begin)", "--seeds", "\(count)", "--summary-file", file.path]
        if untilFailure { arguments.append("--until-failure") }
        process.arguments = arguments
        try process.run()
        return (process, file)
    }
}
