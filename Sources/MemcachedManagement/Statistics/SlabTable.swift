#if Management
import MemcachedTooling

/// The slab classes of one server: chunks of one size each, in which items of up to that size are kept.
struct SlabTable: Sendable {
    let server: String
    let classes: [SlabClass]
    let memory: String

    struct SlabClass: Sendable {
        let number: Int
        /// Nil where the server doesn't tell.
        let chunkBytes: Double?
        let chunkSize: String
        let items: String
        let pages: String
        /// Of a hundred chunks, how many are in use.
        let fill: Int
        let fillText: String
        let evictions: String
        let isEvicting: Bool
        let age: String
    }

    /// - Parameters:
    ///   - slabs: statistics such as `1:chunk_size`.
    ///   - items: statistics such as `items:1:evicted`.
    init(server: String, slabs: [String: String], items: [String: String]) {
        self.server = server
        let numbers = Set(slabs.keys.compactMap { Int($0.prefix { $0 != ":" }) }).sorted()
        classes = numbers.map { number in
            func slab(_ name: String) -> Double? { Self.number(slabs["\(number):\(name)"]) }
            func item(_ name: String) -> Double? { Self.number(items["items:\(number):\(name)"]) }
            let (used, total) = (slab("used_chunks") ?? 0, slab("total_chunks") ?? 0)
            let fill = total > 0 ? min(max(used / total, 0), 1) * 100 : 0
            let evicted = item("evicted") ?? 0
            return SlabClass(
                number: number,
                chunkBytes: slab("chunk_size"),
                chunkSize: slab("chunk_size").map(Quantity.bytes) ?? "–",
                items: item("number").map(Quantity.short) ?? "0",
                pages: slab("total_pages").map(Quantity.short) ?? "–",
                fill: Int(fill.rounded()),
                fillText: "\(Quantity.short(used)) of \(Quantity.short(total)), \(Quantity.percent(fill))",
                evictions: Quantity.short(evicted),
                isEvicting: evicted > 0,
                age: item("age").map { Duration.seconds($0).rough } ?? "–"
            )
        }
        memory = Self.number(slabs["total_malloced"]).map(Quantity.bytes) ?? "–"
    }

    private static func number(_ text: String?) -> Double? {
        text.flatMap(Double.init).flatMap { (0...1e17).contains($0) ? $0 : nil }
    }
}
#endif
