package import Memcached

/// One server, as the doctor has found it.
package struct ServerDiagnosis: Sendable {
    package let server: MemcachedServer
    /// Nil where it can't be talked to; the findings say why.
    package let answers: ServerAnswers?
    /// The most severe first.
    package let findings: [DiagnosisFinding]
}

/// What the doctor has found.
package struct FleetDiagnosis: Sendable {
    /// In the order of the configuration.
    package let servers: [ServerDiagnosis]
    /// What no server shows alone.
    package let findings: [DiagnosisFinding]

    package var all: [DiagnosisFinding] { servers.flatMap(\.findings) + findings }

    /// The most severe of all findings; nil where there is none.
    package var severity: Severity? { all.map(\.severity).max() }
}
