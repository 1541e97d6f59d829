import Foundation
package import Memcached

extension Expiration {
    /// The most seconds that a lifetime may have.
    package static let longestLifetime = 4_000_000_000

    /// Reads a lifetime as people write it: `90`, `1.5`, `90s`, `15m`, `12h`, `30d`, and `0` or `never` for no end.
    package init?(lifetime text: String) {
        guard text != "never" else {
            self = .never
            return
        }
        let units: [Character: Double] = ["s": 1, "m": 60, "h": 3_600, "d": 86_400]
        let unit = text.last.flatMap { units[$0] }
        let digits = unit == nil ? text[...] : text.dropLast()
        guard digits.allSatisfy({ $0.isASCII && ($0.isNumber || $0 == ".") }), let number = Double(digits) else {
            return nil
        }
        let seconds = number * (unit ?? 1)
        guard seconds <= Double(Self.longestLifetime) else { return nil }
        self = seconds == 0 ? .never : .after(.seconds(seconds))
    }

    /// How long the item lives where it may be over at once; nil of a longer life. The server counts in whole seconds, of which the first
    /// may be nearly over.
    package var lifeWithinASecond: Duration? {
        let life: Duration? =
            switch self {
            case .never: nil
            case .after(let time): time
            case .at(let date): .seconds(date.timeIntervalSinceNow)
            }
        return life.flatMap { $0 <= .seconds(1) ? $0 : nil }
    }
}
