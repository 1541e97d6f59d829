import Memcached
import MemcachedDoctor

/// A server's diagnosis, or the fleet's, as it is printed in JSON.
struct DiagnosisObject: Encodable {
    /// Nil of the fleet's.
    private let server: String?
    /// Nil where the server can't be talked to.
    private let version: String?
    private let uptimeSeconds: Double?
    private let milliseconds: Double?
    private let findings: [DiagnosisFinding]

    init(_ diagnosis: ServerDiagnosis) {
        server = "\(diagnosis.server.address)"
        version = diagnosis.answers?.version
        uptimeSeconds = diagnosis.answers?.uptime.map { $0 / .seconds(1) }
        milliseconds = diagnosis.answers.map { ($0.roundTrip / .milliseconds(0.001)).rounded() / 1_000 }
        findings = diagnosis.findings
    }

    init(fleet diagnosis: FleetDiagnosis) {
        server = nil
        version = nil
        uptimeSeconds = nil
        milliseconds = nil
        findings = diagnosis.findings
    }
}
