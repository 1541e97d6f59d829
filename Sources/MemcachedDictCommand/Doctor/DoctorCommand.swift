import ArgumentParser
import Memcached
import MemcachedDoctor
import NIOConcurrencyHelpers

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

struct DoctorCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "doctor",
        abstract: "Find what is wrong with the servers, and say what to do.",
        discussion: """
            Looks at each server: whether it can be reached and speaks the binary protocol, TLS and authentication, its version's known \
            defects (up to memcached 1.6.45), what it was started with (-C, -F, -I, -M, -U), its connections, its clock, and whether its \
            memory is enough; and at the fleet: two names of one server, and servers that differ. It only reads.

            A finding is critical (the server can't be used as it is), a warning (calls work, and some fail or are less safe than they \
            look) or a notice (worth knowing). With --json there is one object for each server, and one for the fleet.

            Exit status: 0 nothing above a notice, 5 a warning, 6 something critical.

              memcached-dict doctor --server cache-1 --server cache-2
              memcached-dict doctor --server cache-1 --json | jq -r '.findings[].title'
            """
    )

    @OptionGroup var serverOptions: ServerOptions
    @OptionGroup var outputOptions: OutputOptions
    @OptionGroup(visibility: .hidden) var keyOptions: KeyOptions
    @OptionGroup(visibility: .hidden) var codecOptions: CodecOptions

    func run() async throws {
        let configuration = try serverOptions.clientConfiguration()
        let examination = Examination(configuration) { Date().timeIntervalSince1970 }
        let count = configuration.servers.count
        let examined = NIOLockedValueBox(0)
        let diagnosis = try await Progress.telling(!outputOptions.json) { _ in
            "examined \(examined.withLockedValue(\.self)) of \(count) servers"
        } _: {
            try await examination.diagnosis { number in examined.withLockedValue { $0 = number } }
        }
        if outputOptions.json {
            for server in diagnosis.servers { try StandardOutput.write(json: DiagnosisObject(server)) }
            try StandardOutput.write(json: DiagnosisObject(fleet: diagnosis))
        } else {
            for line in DiagnosisText(isColored: StandardOutput.showsColors).lines(of: diagnosis) {
                try StandardOutput.write(line)
            }
        }
        let status: CommandStatus =
            switch diagnosis.severity {
            case nil, .notice: .done
            case .warning: .warned
            case .critical: .unfit
            }
        try status.end()
    }
}
