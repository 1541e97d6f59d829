extension ServerAddress {
    /// Reads `HOST`, `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`.
    ///
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that says what is wrong with the text.
    public init(_ text: String) throws(MemcachedError) {
        if Self.namesSocket(text) {
            let path = String(decoding: text.utf8.dropFirst(5), as: UTF8.self)
            guard !path.isEmpty else { throw Self.unreadable(text, "the socket's path is missing") }
            guard !path.utf8.contains(0) else { throw Self.unreadable(text, "a socket's path holds no NUL") }
            // sockaddr_un has room for 107 bytes and the terminator on Linux, for 103 on Apple's systems.
            guard path.utf8.count < 104 else { throw Self.unreadable(text, "a socket's path has at most 103 bytes") }
            self = .unixSocket(path: path)
            return
        }
        // A host of that name could not be told from a socket once its port is written behind it.
        guard text != "unix" else { throw Self.unreadable(text, "the socket's path is missing") }
        // From here on a character is a byte: others join a sign that stands beside them, or can't be seen.
        guard text.utf8.allSatisfy(Self.printable.contains) else {
            throw Self.unreadable(
                text,
                "'\(text)' is no host name or address, which have no spaces and ASCII characters only (an international name begins "
                    + "with 'xn--')"
            )
        }
        let host: Substring
        let port: Substring?
        if text.hasPrefix("[") {
            guard let end = text.firstIndex(of: "]") else { throw Self.unreadable(text, "the closing ']' is missing") }
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") else { throw Self.unreadable(text, "':PORT' belongs after ']'") }
            port = rest.isEmpty ? nil : rest.dropFirst()
        } else if text.count(where: { $0 == ":" }) > 1 {
            // More than one colon and no brackets: an IPv6 address alone.
            host = text[...]
            port = nil
        } else {
            let parts = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            host = parts[0]
            port = parts.count > 1 ? parts[1] : nil
        }
        guard !host.isEmpty else { throw Self.unreadable(text, "the host is missing") }
        let isIPv6 = host.contains(":")
        guard
            !host.contains(where: "/=[]".contains),
            isIPv6 ? Self.looksLikeIPv6(host) : !text.hasPrefix("[")
        else {
            throw Self.unreadable(text, "'\(host)' is no host name or address")
        }
        guard let port else {
            self = .host(String(host))
            return
        }
        guard port.utf8.allSatisfy(Self.digits.contains), let number = Int(port), (1...65535).contains(number) else {
            throw Self.unreadable(text, "'\(port)' is no port from 1 to 65535")
        }
        self = .host(String(host), port: number)
    }

    /// By bytes: to Swift, a colon with a combining accent behind it is another character.
    package static func namesSocket(_ text: String) -> Bool {
        text.utf8.starts(with: "unix:".utf8)
    }

    private static let printable = UInt8(ascii: "!")...UInt8(ascii: "~")

    /// Int's own reading takes a sign, too.
    package static let digits = UInt8(ascii: "0")...UInt8(ascii: "9")

    /// Whether it may be an IPv6 address, with a zone (`%eth0`) or not. Resolving it tells for sure.
    private static func looksLikeIPv6(_ host: Substring) -> Bool {
        host.prefix { $0 != "%" }.allSatisfy { $0.isASCII && ($0.isHexDigit || $0 == ":" || $0 == ".") }
    }

    private static func unreadable(_ text: String, _ why: String) -> MemcachedError {
        MemcachedError(
            .invalidArgument,
            "'\(text)' is no server address: \(why). Write HOST, HOST:PORT, [IPv6]:PORT or unix:PATH"
        )
    }
}
