#if Management
/// A line over the last minutes, as a page draws it in SVG.
struct Chart: Sendable {
    /// What is drawn, in words.
    let title: String
    /// In words for those who don't see it.
    let summary: String
    /// The newest value, or a dash.
    let now: String
    let top: String
    /// The line's pieces, each as the points of a polyline; there is a gap where the server didn't answer.
    let lines: [String]

    static let width = 240.0
    static let height = 48.0

    /// - Parameters:
    ///   - values: the oldest first; nil where nothing is known.
    ///   - capacity: how many values the width is for.
    ///   - ceiling: the top's value; nil for that of the largest value, rounded up.
    ///   - format: a value in words.
    init(
        _ title: String,
        _ values: [Double?],
        capacity: Int,
        ceiling: Double? = nil,
        format: (Double) -> String
    ) {
        self.title = title
        // Whatever a server says, what is computed from it stays within the range of integers.
        let values = values.map { $0.flatMap { (-1e17...1e17).contains($0) ? $0 : nil } }
        let known = values.compactMap(\.self)
        let top = ceiling ?? Self.roundedUp(known.max() ?? 0)
        self.top = format(top)
        now = (values.last ?? nil).map(format) ?? "–"
        if let least = known.min(), let most = known.max() {
            summary = "\(title): now \(now); from \(format(least)) to \(format(most)) within the last minutes"
        } else {
            summary = "\(title): nothing is known yet"
        }
        lines = Self.pieces(values, capacity: capacity, top: top)
    }

    private static func pieces(_ values: [Double?], capacity: Int, top: Double) -> [String] {
        var pieces: [[String]] = [[]]
        let step = width / Double(max(1, capacity - 1))
        let first = Double(capacity - values.count) * step
        for (index, value) in values.enumerated() {
            guard let value else {
                pieces.append([])
                continue
            }
            let x = first + Double(index) * step
            let y = height - min(max(value / top, 0), 1) * height
            pieces[pieces.count - 1].append("\(rounded(x)),\(rounded(y))")
        }
        return pieces.filter { !$0.isEmpty }.map { piece in
            // A line of one point would not be seen.
            (piece.count == 1 ? piece + piece : piece).joined(separator: " ")
        }
    }

    private static func rounded(_ number: Double) -> Double { (number * 10).rounded() / 10 }

    /// The next of 1, 2, 5, 10, 20, 50 and so on.
    static func roundedUp(_ value: Double) -> Double {
        guard value > 0, value < 1e17 else { return max(1, value) }
        var unit = 1.0
        while unit > value { unit /= 10 }
        while unit * 10 <= value { unit *= 10 }
        return [unit, unit * 2, unit * 5, unit * 10].first { $0 >= value } ?? unit * 10
    }
}
#endif
