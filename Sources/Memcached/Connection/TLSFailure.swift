/// What went wrong in TLS, in words that say what to do.
struct TLSFailure: Error, CustomStringConvertible {
    let reason: String
    /// NIOSSL's error.
    let cause: any Error

    var description: String { reason }
}

#if TLS
import NIOSSL

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension TLSFailure {
    /// - Parameters:
    ///   - error: what NIOSSL says.
    ///   - isVerified: whether the handshake was done before.
    ///   - certificate: what the server has shown.
    ///   - expectedName: what it should bear; nil where that is the server's address.
    init(_ error: any Error, isVerified: Bool, certificate: NIOSSLCertificate?, expectedName: String?) {
        cause = error
        switch error {
        case NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])), NIOSSLError.uncleanShutdown:
            reason = "the server closed the connection during TLS's handshake; its log may tell why"
        case NIOSSLError.handshakeFailed(.sslError(let stack)), BoringSSLError.sslError(let stack):
            reason = Self.reason("\(stack)", isVerified, certificate)
        case let error as NIOSSLExtraError where error == .failedToValidateHostname:
            reason =
                certificate?.mismatch(with: expectedName)
                ?? "the server's certificate is for another name"
        case let error as NIOSSLExtraError where error == .serverHostnameImpossibleToMatch:
            reason =
                "no certificate can bear the name '\(expectedName ?? "")', which has other characters than letters, digits, '-' and '.'; "
                + "give TLSOptions the serverName that the certificate bears"
        default:
            reason = "\(error)"
        }
    }

    /// BoringSSL's reasons by the names that it gives them.
    private static func reason(_ stack: String, _ isVerified: Bool, _ certificate: NIOSSLCertificate?) -> String {
        func mentions(_ names: String...) -> Bool { names.contains { stack.contains($0) } }
        if !isVerified, mentions("WRONG_VERSION_NUMBER", "HTTP_REQUEST") {
            return "what the server sent is not TLS; start it with -Z, or leave TLS out"
        }
        if mentions("CERTIFICATE_VERIFY_FAILED") { return distrust(of: certificate) }
        if mentions("ALERT_CERTIFICATE_REQUIRED") {
            return "the server demands a client certificate; give TLSOptions a certificateChain and its privateKey"
        }
        if mentions(
            "ALERT_UNKNOWN_CA",
            "ALERT_BAD_CERTIFICATE",
            "ALERT_UNSUPPORTED_CERTIFICATE",
            "ALERT_CERTIFICATE_"
        ) {
            return
                "the server refused this client's certificate; it must be valid and signed by a root that the server trusts "
                + "(memcached's ssl_ca_cert)"
        }
        if mentions("ALERT_HANDSHAKE_FAILURE") {
            return
                "the server refused the handshake; it may demand a client certificate, or share no cipher with this client"
        }
        if mentions("UNSUPPORTED_PROTOCOL", "ALERT_PROTOCOL_VERSION") {
            return "the server and this client share no version of TLS (memcached's ssl_min_version)"
        }
        if mentions("_ALERT_") { return "the server ended the connection with a TLS alert; its log may tell why" }
        return "what the server sent is broken TLS"
    }

    private static func distrust(of certificate: NIOSSLCertificate?) -> String {
        let now = Date().timeIntervalSince1970
        if let certificate, Double(certificate.notValidAfter) < now {
            return "the server's certificate has expired; renew it, or check this machine's clock"
        }
        if let certificate, Double(certificate.notValidBefore) > now {
            return "the server's certificate isn't valid yet; check this machine's clock"
        }
        return "the server's certificate is signed by nobody that is trusted; name its root as trustRoots"
    }
}

extension NIOSSLCertificate {
    /// Whether the certificate is for that name. It is asked of a certificate that NIOSSL has accepted, which it does for the peer's
    /// address, too: whoever can misdirect a name to an address of his own, and has a certificate for that, would pass.
    func bears(_ name: String) -> Bool {
        guard _subjectAlternativeNames().contains(where: { $0.nameType == .ipAddress }) else { return true }
        let name = name.lowercased()
        let parent = name.firstIndex(of: ".").map { name[$0...] }
        return dnsNames.contains { candidate in
            let candidate = candidate.lowercased()
            return candidate == name
                || (candidate.hasPrefix("*.") && parent.map { candidate.dropFirst() == $0 } == true)
        }
    }

    func mismatch(with name: String?) -> String {
        let wanted = name.map { "'\($0)'" } ?? "the address that was connected to"
        // A certificate may have thousands.
        let bearing = dnsNames.prefix(5).map { "'\($0)'" }.joined(separator: ", ")
        let names = bearing.isEmpty ? "" : ", but for \(bearing)"
        return
            "the server's certificate is not for \(wanted)\(names); configure the server by the name that its certificate bears, "
            + "or give TLSOptions that name as serverName"
    }

    private var dnsNames: [String] {
        _subjectAlternativeNames().filter { $0.nameType == .dnsName }.map { name in
            let text = name.contents.withUnsafeBufferPointer { String(decoding: $0, as: UTF8.self) }
            // A server's text goes into messages.
            let printable = String(text.unicodeScalars.map { (0x21...0x7E).contains($0.value) ? Character($0) : "?" })
            return printable.hasSuffix(".") ? String(printable.dropLast()) : printable
        }
    }
}
#endif
