import Memcached
import MemcachedTooling

/// A failure in words for the person at the terminal: what happened, and what to do next.
struct Complaint: Error {
    let text: String
    let advice: String?
    let status: CommandStatus

    init(_ text: String, advice: String? = nil, status: CommandStatus) {
        self.text = text
        self.advice = advice
        self.status = status
    }

    init(_ error: any Error) {
        switch error {
        case let complaint as Complaint:
            self = complaint
        case let error as MemcachedError:
            let server = error.server.map { "\($0): " } ?? ""
            let key = error.key.map { " (key '\($0)')" } ?? ""
            self.init("\(server)\(error.message)\(key)", advice: error.advice, status: CommandStatus(error))
        case let error as SettingsError:
            self.init(error.text, advice: error.advice, status: error.kind == .unavailable ? .usage : .refusedInput)
        case let failure as OutputFailure:
            self.init("the output can't be written: \(failure.reason)", status: .outputFailed)
        default:
            self.init("\(error)", status: .internalError)
        }
    }

    /// Writes it to standard error; of several things each on a line of its own.
    func print() {
        for line in text.printableLines where !line.isEmpty { StandardError.write("memcached-dict: \(line)") }
        if let advice { StandardError.write(advice) }
    }
}

extension MemcachedError {
    /// What a user of the command can do, where the message doesn't say so already.
    fileprivate var advice: String? {
        switch code {
        case .connectionFailed where message.contains("TLS"):
            "The options for TLS are --tls, --tls-ca, --tls-name, and --tls-cert with --tls-key; --help tells more."
        case .connectionFailed where (cause as? MemcachedError)?.code == .timedOut, .timedOut:
            "The server may be overloaded, stopped, or none that speaks the binary protocol. Allow more with --timeout SECONDS."
        case .connectionFailed:
            "Start a server there (memcached, or memcached-dict serve), or name another with --server."
        case .connectionLost:
            "Try again. If it happens again, the server's log may tell why."
        case .authenticationRequired:
            "Give the user and its password with --user NAME --password-file FILE."
        case .authenticationFailed:
            "The options for it are --user, --password-file, --mechanism and --allow-plain-text; --help tells about each."
        case .undecodable:
            "See what it is with 'memcached-dict inspect', or take its bytes with 'get --codec bytes'."
        case .unencodable:
            "Another --codec may take it: text any UTF-8, bytes anything."
        case .invalidKey where !(1...250).contains(key?.utf8.count ?? 0):
            "A key has 1 to 250 bytes, its prefix included."
        case .valueTooLarge:
            "What compresses well may fit with --compress-above BYTES."
        case .notANumber:
            "Only plain numbers count: 'memcached-dict set --codec integer' stores one, --initial creates one."
        default:
            nil
        }
    }
}

extension Complaint {
    init(missing key: String, advice: String? = nil) {
        self.init("nothing is stored under '\(key)'", advice: advice, status: .missing)
    }
}
