import Memcached
import NIOCore

extension FuzzTarget {
    static let json = documents("json", .json, seeds: DocumentSeeds.json, .json(), .json())

    static let binaryPropertyList = documents(
        "binary-plist",
        .binaryPropertyList,
        seeds: DocumentSeeds.binary,
        .propertyList(limits: limits),
        .propertyList(limits: limits)
    )

    static let xmlPropertyList = documents(
        "xml-plist",
        .xmlPropertyList,
        seeds: DocumentSeeds.xml,
        .propertyList(.xml, limits: limits),
        .propertyList(.xml, limits: limits)
    )

    /// Low, so that one input takes no longer than others.
    private static let limits = PropertyListLimits(objects: 2_000, bytes: 100_000)

    /// Arbitrary bytes as a document: it is refused, or read; and what was read can be stored again.
    private static func documents(
        _ name: String,
        _ format: ValueFormat,
        seeds: @escaping @Sendable () -> [[UInt8]],
        _ typed: any ValueCodec<Document>,
        _ anything: any ValueCodec<Anything>
    ) -> FuzzTarget {
        FuzzTarget(name: name) { fixtures in
            seeds() + fixtures.values.map(\.bytes)
        } run: { input in
            var input = input
            let stored = EncodedValue(bytes: input.rest(), format: format)
            let sound = read(stored, by: anything) != nil
            guard let document = read(stored, by: typed) else { return }
            demand(sound, "a document that fits a type is sound")
            // As an update stores it again. Numbers and dates that a format doesn't have may be refused, but must not trap.
            guard let encoded = try? typed.encode(document) else { return }
            _ = read(encoded, by: typed)
        }
    }

    private static func read<Value>(_ stored: EncodedValue, by codec: any ValueCodec<Value>) -> Value? {
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
