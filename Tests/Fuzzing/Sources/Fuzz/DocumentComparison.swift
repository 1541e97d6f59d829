import Memcached

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

extension Document {
    /// Whether Foundation's decoder reads what its encoder writes of this.
    ///
    /// In property lists it takes strings that begin with `$null` for its nil, and a dictionary of the one key `CF$UID`
    /// for a reference of NSKeyedArchiver.
    func canBeStored(as format: ValueFormat) -> Bool {
        guard format != .json else { return true }
        var strings = counts.map { Array($0.keys) } ?? []
        strings += tags ?? []
        strings += name.map { [$0] } ?? []
        strings += link.map { sequence(first: $0, next: \.baseURL).map(\.relativeString) } ?? []
        return strings.allSatisfy { !$0.utf8.starts(with: "$null".utf8) && $0 != "CF$UID" }
            && (children ?? []).allSatisfy { $0.canBeStored(as: format) }
    }

    /// Whether everything is as it was, one that is not a number included.
    func isSame(as other: Document, after format: ValueFormat) -> Bool {
        guard name == other.name, count == other.count, small == other.small, large == other.large,
            Self.isSame(ratio, other.ratio), Self.isSame(share, other.share),
            Self.isSame(price, other.price, after: format), isNew == other.isNew,
            Self.isSame(date, other.date, after: format)
        else { return false }
        guard data == other.data, id == other.id, link?.absoluteString == other.link?.absoluteString,
            tags == other.tags, counts == other.counts, numbered?.keys == other.numbered?.keys,
            (numbered ?? [:]).allSatisfy({ Self.isSame($0.value, other.numbered?[$0.key]) })
        else { return false }
        return children?.count == other.children?.count
            && zip(children ?? [], other.children ?? []).allSatisfy { $0.isSame(as: $1, after: format) }
    }

    private static func isSame<Number: BinaryFloatingPoint>(_ first: Number?, _ second: Number?) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        return first == second || first.isNaN && second.isNaN
    }

    /// A property list may hold parts that no `Decimal` has: those are compared, and not computed with.
    private static func isSame(_ first: Decimal?, _ second: Decimal?, after format: ValueFormat) -> Bool {
        guard let first, let second, format != .json else { return first == second }
        return withUnsafeBytes(of: first) { first in withUnsafeBytes(of: second) { first.elementsEqual($0) } }
    }

    /// XML has dates from the year 1 to 9999; other years come back as Foundation likes.
    private static func isSame(_ first: Date?, _ second: Date?, after format: ValueFormat) -> Bool {
        guard let first, let second else { return first == nil && second == nil }
        let seconds = second.timeIntervalSinceReferenceDate
        if format == .xmlPropertyList, !(-63_113_904_000...252_423_993_599).contains(seconds) { return true }
        return isSame(first.timeIntervalSinceReferenceDate, seconds)
    }
}
