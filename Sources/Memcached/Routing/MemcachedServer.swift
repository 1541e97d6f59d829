/// A server of the fleet, and its share of the keys.
public struct MemcachedServer: Hashable, Sendable {
    /// Where it listens.
    public var address: ServerAddress

    /// Its share of the keys relative to the other servers', 1 to 1,000,000. Default 1.
    public var weight: Int

    /// A server by its address.
    public init(_ address: ServerAddress, weight: Int = 1) {
        self.address = address
        self.weight = weight
    }

    /// Reads `HOST[:PORT][=WEIGHT]`, `[IPv6]:PORT[=WEIGHT]` or `unix:PATH[=WEIGHT]`.
    ///
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that says what is wrong with the text.
    public init(_ text: String) throws(MemcachedError) {
        guard let sign = text.utf8.lastIndex(of: UInt8(ascii: "=")) else {
            self.init(try ServerAddress(text))
            return
        }
        let digits = text[text.utf8.index(after: sign)...]
        let isNumber = digits.utf8.allSatisfy(ServerAddress.digits.contains)
        // A socket's path may contain the sign itself; only a number behind it is a weight.
        if ServerAddress.namesSocket(text), !isNumber || digits.isEmpty {
            self.init(try ServerAddress(text))
            return
        }
        guard
            isNumber,
            let weight = Int(digits),
            Self.weights.contains(weight)
        else {
            throw MemcachedError(
                .invalidArgument,
                "'\(digits)' in '\(text)' is no weight from 1 to 1,000,000; write HOST[:PORT][=WEIGHT]"
            )
        }
        self.init(try ServerAddress(String(text[..<sign])), weight: weight)
    }

    package static let weights = 1...1_000_000
}

extension MemcachedServer: CustomStringConvertible {
    /// The address, and the weight where it isn't 1, or where a socket's path could be taken for one.
    public var description: String {
        let text = "\(address)"
        return weight == 1 && !text.utf8.contains(UInt8(ascii: "=")) ? text : "\(text)=\(weight)"
    }
}
