/// Which of the commands that a fault is for it strikes.
enum FaultSchedule: Sendable {
    /// After some that it lets pass, the next few; all where there is no number.
    case next(skipping: Int, times: Int?)
    case chance(Double, SplitMixGenerator)

    /// Whether the next command is struck.
    mutating func strikesNext() -> Bool {
        switch self {
        case .next(let skipping, let times) where skipping > 0:
            self = .next(skipping: skipping - 1, times: times)
            return false
        case .next(_, nil):
            return true
        case .next(let skipping, let times?):
            guard times > 0 else { return false }
            self = .next(skipping: skipping, times: times - 1)
            return true
        case .chance(let probability, var generator):
            let isStruck = Double.random(in: 0..<1, using: &generator) < probability
            self = .chance(probability, generator)
            return isStruck
        }
    }
}
