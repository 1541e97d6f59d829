import Memcached
import NIOCore

extension FuzzTarget {
    static let json = documents(
        "json",
        .json,
        seeds: DocumentSeeds.json,
        JSONCodec<Document>.json(),
        anything: JSONCodec<Anything<JSONNestingLimit>>.json()
    )

    static let binaryPropertyList = documents(
        "binary-plist",
        .binaryPropertyList,
        seeds: DocumentSeeds.binary,
        PropertyListCodec<Document>.propertyList(limits: limits),
        anything: PropertyListCodec<AnyPropertyList>.propertyList(limits: limits)
    )

    static let xmlPropertyList = documents(
        "xml-plist",
        .xmlPropertyList,
        seeds: DocumentSeeds.xml,
        PropertyListCodec<Document>.propertyList(.xml, limits: limits),
        anything: PropertyListCodec<AnyPropertyList>.propertyList(.xml, limits: limits)
    )

    private typealias AnyPropertyList = Anything<PropertyListNestingLimit>

    /// Low, so that one input takes no longer than others.
    private static let limits = PropertyListLimits(
        depth: PropertyListNestingLimit.depth,
        objects: 2_000,
        bytes: 100_000
    )

    /// Arbitrary bytes as a document: it is refused, or read; and what was read can be stored again.
    private static func documents(
        _ name: String,
        _ format: ValueFormat,
        seeds: @escaping @Sendable () -> [[UInt8]],
        _ typed: some ValueCodec<Document>,
        anything: some ValueCodec
    ) -> FuzzTarget {
        FuzzTarget(name: name) { fixtures in
            seeds() + fixtures.values.map(\.bytes)
        } run: { input in
            var input = input
            let stored = EncodedValue(bytes: input.rest(), format: format)
            let sound = read(stored, by: anything) != nil
            guard let document = read(stored, by: typed) else { return }
            demand(sound, "a document that fits a type is sound")
            // As an update stores it again. What a format doesn't have may be refused, but must not trap.
            guard let encoded = try? typed.encode(document), document.canBeStored(as: format) else { return }
            guard let returned = read(encoded, by: typed) else { fatalError("broken: \(name) reads what it wrote") }
            demand(returned.isSame(as: document, after: format), "a document comes back")
        }
    }

    private static func read<Codec: ValueCodec>(_ stored: EncodedValue, by codec: Codec) -> Codec.Value? {
        do {
            return try codec.decode(stored)
        } catch let error as ValueCodecError {
            _ = "\(error)"
            return nil
        } catch {
            fatalError("broken: an error of another type: \(error)")
        }
    }
}
