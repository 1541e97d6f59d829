/// Numbers from 0 in the order in which they were last used: a list through an array, so that each change takes the same time.
struct UseOrder: Sendable {
    private struct Link: Sendable {
        var newer: Int?
        var older: Int?
    }

    private var links: [Link] = []
    private var newest: Int?
    private(set) var oldest: Int?

    /// Adds a number as the one that was used last. Numbers are dense: a new one is at most one more than there ever were.
    mutating func add(_ number: Int) {
        let link = Link(newer: nil, older: newest)
        if number == links.count { links.append(link) } else { links[number] = link }
        if let newest { links[newest].newer = number } else { oldest = number }
        newest = number
    }

    mutating func remove(_ number: Int) {
        let link = links[number]
        if let newer = link.newer { links[newer].older = link.older } else { newest = link.older }
        if let older = link.older { links[older].newer = link.newer } else { oldest = link.newer }
    }

    mutating func use(_ number: Int) {
        guard number != newest else { return }
        remove(number)
        add(number)
    }
}
