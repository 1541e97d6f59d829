import ArgumentParser
import Memcached

/// A lifetime as it is written on the command line.
struct ExpirationArgument: ExpressibleByArgument {
    let expiration: Expiration

    /// Reads `90`, `1.5`, `90s`, `15m`, `12h`, `30d`, and `0` or `never` for no end.
    init?(argument: String) {
        guard argument != "never" else {
            expiration = .never
            return
        }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = argument.last.flatMap { units[$0] }
        let digits = unit == nil ? argument[...] : argument.dropLast()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits) else {
            return nil
        }
        let seconds = number * (unit ?? 1)
        guard seconds <= 4_000_000_000 else { return nil }
        expiration = seconds == 0 ? .never : .after(.seconds(seconds))
    }

    static let help = ArgumentHelp(
        "When the item ends: seconds, or 15m, 12h, 30d; 'never' or 0 for no end. (default: never)",
        valueName: "lifetime"
    )
}
