#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// The server's first message: `r=NONCE,s=SALT,i=ITERATIONS`.
package struct SCRAMChallenge: Sendable {
    package let message: [UInt8]
    package let nonce: [UInt8]
    package let salt: [UInt8]
    package let iterations: Int

    /// Throws for a message that isn't one, or that doesn't answer the client's nonce.
    package init(_ message: [UInt8], answering clientNonce: String) throws(SASLFailure) {
        let attributes = try SCRAMAttributes(message)
        self.message = message
        nonce = Array(try attributes.value(at: 0, named: "r"))
        guard nonce.starts(with: clientNonce.utf8), nonce.count > clientNonce.utf8.count else {
            throw .malformed("its nonce doesn't continue the client's")
        }
        guard nonce.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            throw .malformed("its nonce has bytes that can't be printed")
        }
        guard let salt = Data(base64Encoded: Data(try attributes.value(at: 1, named: "s"))), !salt.isEmpty else {
            throw .malformed("its salt isn't base64")
        }
        self.salt = Array(salt)
        let digits = try attributes.value(at: 2, named: "i")
        guard let first = digits.first, first != UInt8(ascii: "0"), digits.allSatisfy(isDigit)
        else {
            throw .malformed("its iteration count is no number")
        }
        // More digits than an Int has are more iterations than anybody may ask for.
        let count = Int(String(decoding: digits, as: UTF8.self)) ?? .max
        let allowed = PasswordDerivation.iterationLimits
        guard allowed.contains(count) else { throw .iterations(count, allowed: allowed) }
        iterations = count
    }
}

/// The server's last message: `v=SIGNATURE`.
package struct SCRAMSignature: Sendable {
    package let bytes: [UInt8]

    package init(_ message: [UInt8]) throws(SASLFailure) {
        // A server that is content, and says so in other words, has proved nothing.
        guard message.starts(with: "v=".utf8) || message.starts(with: "e=".utf8) else { throw .unproved }
        let value = try SCRAMAttributes(message).value(at: 0, named: "v")
        guard let signature = Data(base64Encoded: Data(value)) else { throw .malformed("its signature isn't base64") }
        bytes = Array(signature)
    }
}

/// A message's attributes, `a=VALUE` each, with a comma between them.
private struct SCRAMAttributes {
    private let attributes: [ArraySlice<UInt8>]

    /// Throws the server's error where it sends one.
    init(_ message: [UInt8]) throws(SASLFailure) {
        attributes = message.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
        guard let first = attributes.first else { return }
        if first.starts(with: "e=".utf8) { throw .refused(reason: Self.shown(first.dropFirst(2))) }
        if first.starts(with: "m=".utf8) { throw .malformed("it demands an extension that this client doesn't know") }
    }

    func value(at index: Int, named name: Character) throws(SASLFailure) -> ArraySlice<UInt8> {
        guard attributes.indices.contains(index), attributes[index].starts(with: "\(name)=".utf8) else {
            throw .malformed("its attribute '\(name)' is missing")
        }
        return attributes[index].dropFirst(2)
    }

    /// An error's name, as in `invalid-proof`; nil for what isn't one, since it ends in logs.
    private static func shown(_ value: ArraySlice<UInt8>) -> String? {
        let isName = value.allSatisfy { (0x61...0x7A).contains($0) || $0 == UInt8(ascii: "-") }
        return isName && (1...40).contains(value.count) ? String(decoding: value, as: UTF8.self) : nil
    }
}

private func isDigit(_ byte: UInt8) -> Bool {
    (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
}
