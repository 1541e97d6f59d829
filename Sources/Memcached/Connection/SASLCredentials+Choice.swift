extension SASLCredentials {
    /// The mechanism to use: the named one, or the strongest that the server offers.
    ///
    /// - Parameter isPrivate: whether nobody but the server can read what is sent.
    package func mechanism(
        offered: [String],
        isPrivate: Bool
    ) throws(AuthenticationFailure) -> Mechanism {
        guard let chosen = mechanism ?? Mechanism.allCases.first(where: { offered.contains($0.rawValue) }) else {
            throw .nothingInCommon(offered: offered)
        }
        guard offered.contains(chosen.rawValue) else { throw .notOffered(chosen, offered: offered) }
        guard chosen != .plain || isPrivate || allowsPlainTextWithoutTLS else {
            throw .plainTextForbidden
        }
        return chosen
    }

    /// The client's side of an authentication by that mechanism.
    package func exchange(by mechanism: Mechanism, nonce: String) -> any SASLExchange {
        switch mechanism {
        case .plain: PlainExchange(user: user, password: password)
        case .cramMD5: CRAMMD5Exchange(user: user, password: password)
        case .scramSHA1: SCRAMExchange(user: user, password: password, hash: .sha1, nonce: nonce)
        case .scramSHA256: SCRAMExchange(user: user, password: password, hash: .sha256, nonce: nonce)
        case .scramSHA512: SCRAMExchange(user: user, password: password, hash: .sha512, nonce: nonce)
        }
    }

    /// The names in a server's list; those that are none are left out, since they end in logs.
    package static func offer(_ list: [UInt8]) -> [String] {
        list.split { $0 <= 0x20 || $0 == UInt8(ascii: ",") }
            .filter { $0.count <= 20 && $0.allSatisfy(isNameByte) }
            .prefix(32)
            .map { String(decoding: $0, as: UTF8.self) }
    }

    private static func isNameByte(_ byte: UInt8) -> Bool {
        (0x41...0x5A).contains(byte) || ServerAddress.digits.contains(byte) || byte == UInt8(ascii: "-")
            || byte == UInt8(ascii: "_")
    }
}
