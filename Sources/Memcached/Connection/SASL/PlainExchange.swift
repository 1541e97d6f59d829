/// PLAIN (RFC 4616): the password as it is, in the first message.
package struct PlainExchange: SASLExchange {
    private let user: String
    private let password: Secret

    package init(user: String, password: Secret) {
        self.user = user
        self.password = password
    }

    package func begin() -> [UInt8] {
        [0] + Array(user.utf8) + [0] + Array(password.text.utf8)
    }

    package mutating func challenged(_ message: [UInt8]) throws(SASLFailure) -> SASLAnswer {
        throw .malformed("it asked for more after PLAIN's only message")
    }

    package mutating func succeeded(_ message: [UInt8]) throws(SASLFailure) {}
}
