/// Requests are numbered in order; on the wire the numbers are spread over all 32 bits.
///
/// Within a batch only the opaque tells which key a reply is for. One that was changed on its way, by a bit or by one, is so nobody's,
/// and not the next request's: it closes the connection.
package enum OpaqueSpread {
    /// Odd, so that no two numbers become the same; Fibonacci hashing's constant, which keeps neighbours far apart.
    private static let factor: UInt32 = 0x9E37_79B1
    /// The factor's inverse modulo 2^32.
    private static let inverse: UInt32 = 0x0E8B_2F51

    /// A request's number as it goes out.
    package static func opaque(of number: UInt32) -> UInt32 { number &* factor }

    /// The number of the request that a reply's opaque belongs to.
    package static func number(of opaque: UInt32) -> UInt32 { opaque &* inverse }
}
