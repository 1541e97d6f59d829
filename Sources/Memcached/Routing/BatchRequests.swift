package import MemcachedFraming

/// The requests of a batch, all of one command. Each is made when it is sent: most are no more than their key.
package struct BatchRequests: Sendable {
    /// One of them, and the version that its item must have.
    package struct Member: Sendable {
        package let request: Request
        package let version: ItemVersion?

        package init(_ request: Request, demanding version: ItemVersion? = nil) {
            self.request = request
            self.version = version
        }
    }

    package enum Command: Sendable {
        case get
        case getAndTouch(expiration: UInt32)
        case delete
        /// Stores, one for each key.
        case store([Member])
    }

    package let keys: [ItemKey]
    package let command: Command

    package init(_ command: Command, keys: [ItemKey]) {
        self.keys = keys
        self.command = command
    }

    package subscript(index: Int) -> Member {
        switch command {
        case .get: Member(.get(keys[index], answer: .quiet))
        case .getAndTouch(let expiration): Member(.getAndTouch(keys[index], expiration: expiration, answer: .quiet))
        case .delete: Member(.delete(keys[index], answer: .quiet))
        case .store(let members): members[index]
        }
    }

    /// Whether the requests differ in nothing but their keys, and so none of them has a value or demands a version.
    package var areAlike: Bool {
        if case .store = command { false } else { true }
    }
}
