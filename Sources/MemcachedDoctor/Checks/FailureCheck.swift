import Memcached
import MemcachedFraming

extension DiagnosisFinding {
    /// Why a server can't be talked to.
    ///
    /// - Parameters:
    ///   - error: what the client says.
    ///   - speaksTLS: whether it answered when it was asked over TLS.
    init(_ error: MemcachedError, speaksTLS: Bool) {
        if speaksTLS {
            self = .speaksTLS
            return
        }
        switch error.code {
        case .authenticationRequired:
            self = DiagnosisFinding(
                .authentication,
                .critical,
                "It wants authentication (-S)",
                meaning: "Without a user and a password it refuses every call.",
                advice: "Configure credentials; on the command line --user NAME --password-file FILE."
            )
        case .authenticationFailed:
            self = DiagnosisFinding(
                .authentication,
                .critical,
                "Authentication fails",
                meaning: error.message,
                advice:
                    "Compare the user, the password and the mechanism with the server's SASL configuration (SASL_CONF_PATH)."
            )
        case .protocolViolation:
            self = DiagnosisFinding(answer: error)
        case .connectionFailed where error.message.contains("TLS connection"):
            self = DiagnosisFinding(
                .encryption,
                .critical,
                "No TLS connection comes about",
                meaning: error.message,
                advice: "Compare --tls-ca, --tls-name and --tls-cert with the server's ssl_chain_cert and ssl_ca_cert."
            )
        // A reply was due, and didn't come: to a call, or to the handshake.
        case .timedOut,
            .connectionFailed where (error.cause as? MemcachedError)?.code == .timedOut:
            self = DiagnosisFinding(
                .reachability,
                .critical,
                "It doesn't answer in time",
                meaning: error.message,
                advice:
                    "See whether the process is stopped or overloaded, and whether a firewall drops what is sent to its port."
            )
        default:
            self = DiagnosisFinding(
                .reachability,
                .critical,
                "It can't be reached",
                meaning: error.message,
                advice: "See whether memcached runs there, on which addresses it listens (-l), and what its log says."
            )
        }
    }

    private static let speaksTLS = DiagnosisFinding(
        .encryption,
        .critical,
        "It speaks TLS (-Z)",
        meaning: "Without TLS it takes no request.",
        advice: "Configure TLS; on the command line --tls, with --tls-ca FILE where its root isn't one of the system's."
    )

    /// It has answered, and not in the binary protocol.
    private init(answer error: MemcachedError) {
        guard case .text(let line) = error.cause as? FramingError else {
            self = DiagnosisFinding(
                .protocol,
                .critical,
                "It is no memcached, or a broken one",
                meaning: error.message,
                advice: "See what listens on that port."
            )
            return
        }
        if line.contains("Too many open connections") {
            self = DiagnosisFinding(
                .connections,
                .critical,
                "All of its connections are in use (-c)",
                meaning: "It turns away whoever connects now.",
                advice:
                    "Raise its limit with -c, or use fewer connections: this client needs one to each server and process."
            )
        } else if line.contains("unauthenticated") {
            self = DiagnosisFinding(
                .protocol,
                .critical,
                "It takes text from authenticated users only (-Y)",
                meaning: "A file of passwords switches the binary protocol off, which this client speaks.",
                advice: "Start it without -Y; for passwords use SASL (-S), which the binary protocol has."
            )
        } else {
            self = DiagnosisFinding(
                .protocol,
                .critical,
                "It takes text only (-B ascii)",
                meaning: "It answered '\(line)' to a binary request; this client speaks the binary protocol.",
                advice: "Start it without '-B ascii', or see what listens on that port."
            )
        }
    }
}
