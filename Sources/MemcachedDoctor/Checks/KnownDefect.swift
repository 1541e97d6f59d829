/// A defect that servers of older versions have.
///
/// From memcached's release notes, its history and the CVE records: those that let a client run code in the server, corrupt memory, crash
/// or hang it, lose or mix up values or their versions, or pass without authentication. Not those that only servers have which this client
/// can't talk to, as those that only garble what a proxy answers to its own clients, which speak text; nor those that only some programs of
/// a proxy have, since it doesn't tell what it runs.
struct KnownDefect: Sendable {
    /// Which servers have it.
    enum Scope: Sendable {
        case all, udp, sasl, tls, extstore, proxy
        /// Those that take a password file for text (`-Y`). They let this client in where a port of theirs is set to the binary protocol.
        case passwordFile
        /// Those that move memory between sizes of items (`slab_reassign`).
        case pageMover
        /// Those that dump keys, and those where that and `stats detail` are switched off (`-X`).
        case dump, dumpOff
        /// Those that can speak TLS but don't.
        case tlsOff
    }

    /// Versions from this one on have it; nil where neither the source nor the code tells.
    let introducedIn: ServerVersion?
    let fixedIn: ServerVersion
    let scope: Scope
    let severity: Severity
    let summary: String
    /// A CVE number, or the page that tells.
    let source: String
}

extension KnownDefect {
    func concerns(_ version: ServerVersion, _ answers: ServerAnswers) -> Bool {
        version < fixedIn && introducedIn.map { version >= $0 } != false && scope.includes(answers)
    }
}

extension KnownDefect.Scope {
    /// A server that tells none of its settings is taken to be one of them; one that doesn't tell this one has no such thing.
    fileprivate func includes(_ answers: ServerAnswers) -> Bool {
        func isOn(_ setting: String) -> Bool {
            answers.settings.isEmpty || !["no", "0"].contains(answers.settings[setting] ?? "no")
        }
        return switch self {
        case .all: true
        case .udp: isOn("udpport")
        case .sasl: isOn("auth_enabled_sasl")
        case .tls: isOn("ssl_enabled")
        case .extstore: answers.general.isEmpty || answers.general.keys.contains { $0.hasPrefix("extstore_") }
        case .proxy: answers.general.isEmpty || answers.general.keys.contains { $0.hasPrefix("proxy_") }
        case .passwordFile: isOn("auth_enabled_ascii")
        case .pageMover: isOn("slab_reassign")
        // Those that don't tell are older than the option.
        case .dump: answers.settings["dump_enabled"] != "no"
        case .dumpOff: answers.settings.isEmpty || answers.settings["dump_enabled"] == "no"
        // Those that can't speak it don't tell.
        case .tlsOff: answers.settings.isEmpty || answers.settings["ssl_enabled"] == "no"
        }
    }
}
