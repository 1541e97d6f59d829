import Memcached
import NIOCore

extension FuzzTarget {
    /// Arbitrary flags and bytes in a convention: an error, or a value that can be described, and packed and unpacked again.
    static let flags = FuzzTarget(name: "flags") { fixtures in
        conventions.indices.flatMap { convention in
            fixtures.values.map { value in
                [UInt8(convention)] + (0..<4).reversed().map { UInt8(truncatingIfNeeded: value.flags >> (8 * $0)) }
                    + value.bytes
            }
        }
    } run: { input in
        var input = input
        let convention = conventions[input.number(below: conventions.count)]
        let flags = input.longWord()
        let bytes = input.rest()
        checkOwnValues(bytes, in: convention)
        _ = try? convention.describe(flags: flags, bytes: bytes, inflationLimit: 1 << 18)
        guard let value = try? convention.unpack(flags: flags, bytes: bytes) else { return }
        readScalars(of: value)
        guard let packed = try? convention.pack(value) else { return }
        do throws(ValueCodecError) {
            let again = try convention.unpack(flags: packed.flags, bytes: packed.bytes)
            // A Boolean is any word that its convention knows, and a double of any notation.
            let isAnyNotation = value.format.kind == .bool || value.format.kind == .double
            guard !isAnyNotation, let contents = contents(of: value) else { return }
            demand(contents == Self.contents(of: again), "\(convention): a value comes back")
        } catch {
            fatalError("broken: \(convention) doesn't read what it wrote: \(error)")
        }
    }

    private static let conventions: [FlagsConvention] = [
        .native, .raw, .pythonMemcached, .pylibmc, .bmemcached, .libmc, .spymemcached, .dalli, .dalliJSON,
        .phpMemcached,
        .peclMemcache, .cacheMemcached,
    ]

    private static func contents(of value: EncodedValue) -> ByteBuffer? {
        try? value.inflated(limit: 1 << 18).bytes
    }

    private static func readScalars(of value: EncodedValue) {
        _ = try? IntegerCodec<Int8>.integer().compressed(above: 0, inflationLimit: 1_000).decode(value)
        _ = try? IntegerCodec<UInt64>.integer().decode(value)
        _ = try? FloatingPointCodec<Double>.double().decode(value)
        _ = try? FloatingPointCodec<Float>.float().decode(value)
        _ = try? BoolCodec.bool().decode(value)
        _ = try? TextCodec.text().decode(value)
        _ = try? ByteCollectionCodec<[UInt8]>.bytes().decode(value)
    }

    /// What the codecs write comes back where the convention takes it.
    private static func checkOwnValues(_ bytes: ByteBuffer, in convention: FlagsConvention) {
        let integer = bytes.getInteger(at: bytes.readerIndex, as: Int64.self) ?? 0
        let double = Double(bitPattern: UInt64(bitPattern: integer))
        checkRoundTrip(of: integer, by: .integer(), in: convention) { $0 == $1 }
        checkRoundTrip(of: double, by: .double(), in: convention) { $0 == $1 || $0.isNaN && $1.isNaN }
        checkRoundTrip(of: integer < 0, by: .bool(), in: convention) { $0 == $1 }
        checkRoundTrip(of: bytes, by: .bytes(), in: convention) { $0 == $1 }
        checkRoundTrip(of: String(buffer: bytes), by: .text(), in: convention) { $0 == $1 }
    }

    private static func checkRoundTrip<Value>(
        of value: Value,
        by codec: some ValueCodec<Value>,
        in convention: FlagsConvention,
        _ isSame: (Value, Value) -> Bool
    ) {
        do {
            for encoded in [try codec.encode(value), try codec.compressed(above: 8).encode(value)] {
                // Without compression where the convention has none.
                guard let packed = try? convention.pack(encoded) else { continue }
                let stored = try convention.unpack(flags: packed.flags, bytes: packed.bytes)
                let returned = try codec.compressed(above: 0).decode(stored)
                demand(isSame(returned, value), "\(convention): \(value) comes back")
            }
        } catch {
            fatalError("broken: \(convention) and \(codec.name): \(error)")
        }
    }
}
