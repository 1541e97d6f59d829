extension String {
    /// The one of these that it is most likely a slip of: with one wrong, missing or spare character for each three that it has, and two at
    /// the most. Nil where none is that near.
    package func nearest(among others: some Sequence<String>) -> String? {
        let most = Swift.min(2, count / 3)
        return others.map { (text: $0, distance: distance(to: $0)) }
            .filter { $0.distance <= most }
            .min { $0.distance < $1.distance }?
            .text
    }

    /// How many characters have to be put in, taken out or replaced: the distance of Levenshtein.
    private func distance(to other: String) -> Int {
        let others = Array(other)
        var distances = Array(0...others.count)
        for (row, character) in enumerated() {
            var diagonal = distances[0]
            distances[0] = row + 1
            for column in others.indices {
                let replaced = diagonal + (others[column] == character ? 0 : 1)
                diagonal = distances[column + 1]
                distances[column + 1] = Swift.min(replaced, diagonal + 1, distances[column] + 1)
            }
        }
        return distances[others.count]
    }
}
