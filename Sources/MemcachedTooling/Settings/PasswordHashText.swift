package import Foundation

/// What a password is checked against, as a configuration keeps it: `scrypt:N:r:p:SALT:KEY`, with the salt and the key in Base64.
package struct PasswordHashText: Sendable, Equatable {
    package let rounds: Int
    package let blockSize: Int
    package let parallelism: Int
    package let salt: Data
    package let key: Data

    /// A file must not make the screen take more memory than that, N * r * 128 bytes, nor less than is safe.
    private static let memory = (1 << 24)...(1 << 28)
    /// With a block size of 1 scrypt takes fewer than 2^16 rounds (RFC 7914, section 2), too few for that memory.
    private static let blockSizes = 2...64
    /// Of larger blocks BoringSSL derives nothing without parallelism, since swift-crypto allows it too little memory.
    private static let largestBlockAlone = 16

    package init(rounds: Int, blockSize: Int, parallelism: Int, salt: Data, key: Data) {
        self.rounds = rounds
        self.blockSize = blockSize
        self.parallelism = parallelism
        self.salt = salt
        self.key = key
    }

    /// Reads the text; nil where it is none, or asks for too little or too much work.
    package init?(_ text: String) {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt",
            let rounds = Int(parts[1]), let blockSize = Int(parts[2]), let parallelism = Int(parts[3]),
            let salt = Data(base64Encoded: String(parts[4])), let key = Data(base64Encoded: String(parts[5])),
            (2...1 << 24).contains(rounds), rounds.nonzeroBitCount == 1, Self.blockSizes.contains(blockSize),
            (1...16).contains(parallelism), blockSize <= Self.largestBlockAlone || parallelism > 1,
            Self.memory.contains(rounds * blockSize * 128),
            salt.count >= 16, key.count == 32
        else { return nil }
        self.init(rounds: rounds, blockSize: blockSize, parallelism: parallelism, salt: salt, key: key)
    }

    package var text: String {
        "scrypt:\(rounds):\(blockSize):\(parallelism):\(salt.base64EncodedString()):\(key.base64EncodedString())"
    }
}
