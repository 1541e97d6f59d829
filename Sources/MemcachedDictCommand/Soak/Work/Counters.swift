import NIOConcurrencyHelpers

/// The ledgers of the counters, to which several tasks add at the same time.
final class Counters: Sendable {
    private let ledgers: NIOLockedValueBox<[CounterLedger]>
    let count: Int

    init(count: Int) {
        self.count = count
        ledgers = NIOLockedValueBox(Array(repeating: CounterLedger(), count: count))
    }

    func with<Result>(_ counter: Int, _ body: (inout CounterLedger) -> Result) -> Result {
        ledgers.withLockedValue { body(&$0[counter]) }
    }
}
