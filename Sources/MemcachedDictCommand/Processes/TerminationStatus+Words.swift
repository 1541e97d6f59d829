import Subprocess

extension TerminationStatus {
    /// How a program ended, for a sentence about it.
    var words: String {
        switch self {
        case .exited(let status): "ended with status \(status)"
        case .signaled(let signal): "was ended by signal \(signal)"
        }
    }
}
