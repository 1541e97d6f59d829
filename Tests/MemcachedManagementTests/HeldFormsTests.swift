#if Management
import Testing

@testable import MemcachedManagement

/// What waits for an answer, or for a form to come back.
@Suite struct HeldFormsTests {
    @Test func `what takes too much room together makes the oldest go`() {
        let tickets = Tickets<String>(limit: 10) { $0.utf8.count }
        let numbers = ["aaaa", "bbbb", "cc", "dddd"].map(tickets.issue)
        #expect(numbers.map { tickets.take($0) { _ in true } } == [nil, "bbbb", "cc", "dddd"])
        // What was taken takes no room any more.
        let last = tickets.issue("0123456789")
        #expect(tickets.take(last) { _ in true } != nil)
    }

    @Test func `what is taken is nobody else's, and what isn't meant stays`() throws {
        let tickets = Tickets<String>(limit: 10)
        let number = tickets.issue("a")
        #expect(tickets.take(number) { $0 == "b" } == nil)
        #expect(try tickets.content(number) == "a")
        #expect(tickets.take(number) { $0 == "a" } == "a")
        #expect(tickets.take(number) { _ in true } == nil)
    }

    @Test func `a form weighs what it holds`() {
        #expect(Form(["value": String(repeating: "é", count: 1_000_000)]).bytes > 2_000_000)
    }
}
#endif
