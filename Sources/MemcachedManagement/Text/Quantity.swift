#if Management
import MemcachedTooling

/// Numbers as people read them: finite ones of at most 1e17.
enum Quantity {
    /// `1,234`, `12.3k`, `4.5M`.
    static func short(_ number: Double) -> String {
        if abs(number) < 9_999.5, abs(number) >= 999.5 { return Int(number.rounded()).grouped }
        var number = number
        for unit in ["", "k", "M", "G", "T"] {
            // Behind which it would be written with four figures.
            if abs(number) < 999.5 {
                let isWhole = abs(number) >= 99.95 || number == number.rounded()
                return (isWhole ? "\(Int(number.rounded()))" : "\((number * 10).rounded() / 10)") + unit
            }
            number /= 1_000
        }
        return "\(Int(number.rounded()))P"
    }

    /// `812 B`, `1.5 KiB`, `64 MiB`.
    static func bytes(_ number: Double) -> String {
        var number = number
        for unit in ["B", "KiB", "MiB", "GiB", "TiB"] {
            if abs(number) < 1_023.95 {
                let isWhole = abs(number) >= 99.95 || number == number.rounded()
                return "\(isWhole ? "\(Int(number.rounded()))" : "\((number * 10).rounded() / 10)") \(unit)"
            }
            number /= 1_024
        }
        return "\(Int(number.rounded())) PiB"
    }

    static func percent(_ number: Double) -> String {
        let rounded = (number * 10).rounded() / 10
        return rounded == rounded.rounded() && abs(rounded) < 1e15 ? "\(Int(rounded))%" : "\(rounded)%"
    }

    static func milliseconds(_ number: Double) -> String {
        number < 10 ? "\((number * 100).rounded() / 100) ms" : "\((number * 10).rounded() / 10) ms"
    }
}
#endif
