extension ServerAddress {
    /// Reads `HOST`, `HOST:PORT`, `[IPv6]:PORT` or `unix:PATH`.
    ///
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that says what is wrong with the text.
    public init(_ text: String) throws(MemcachedError) {
        if text.hasPrefix("unix:") {
            let path = String(text.dropFirst(5))
            guard !path.isEmpty else { throw Self.unreadable(text, "the socket's path is missing") }
            // sockaddr_un has room for 107 bytes and the terminator on Linux, for 103 on Apple's systems.
            guard path.utf8.count < 104 else { throw Self.unreadable(text, "a socket's path has at most 103 bytes") }
            self = .unixSocket(path: path)
            return
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
        guard !host.contains(where: { $0.isWhitespace || $0 == "/" || $0 == "=" }) else {
            throw Self.unreadable(text, "'\(host)' is no host name or address")
        }
        guard let port else {
            self = .host(String(host))
            return
        }
        guard port.allSatisfy(\.isASCII), let number = Int(port), (1...65535).contains(number) else {
            throw Self.unreadable(text, "'\(port)' is no port from 1 to 65535")
        }
        self = .host(String(host), port: number)
    }

    private static func unreadable(_ text: String, _ why: String) -> MemcachedError {
        MemcachedError(
            .invalidArgument,
            "'\(text)' is no server address: \(why). Write HOST, HOST:PORT, [IPv6]:PORT or unix:PATH"
        )
    }
}
