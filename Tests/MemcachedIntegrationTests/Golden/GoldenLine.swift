import MemcachedFraming
import NIOCore

/// A frame as a line of the fixture: its bytes in hexadecimal, a gap between its fields, and what they
/// mean. A long field of equal bytes is written once: "78*1100".
struct GoldenLine {
    let bytes: ByteBuffer

    init(_ bytes: ByteBuffer) {
        self.bytes = bytes
    }

    init(parsing line: String) throws {
        var bytes = ByteBuffer()
        for field in line.prefix(while: { $0 != "#" }).split(separator: " ") {
            let parts = field.split(separator: "*")
            let digits = parts[0].compactMap(\.hexDigitValue)
            guard digits.count == parts[0].count, digits.count.isMultiple(of: 2) else {
                throw MemcachedFailure("no hexadecimal: \(line)")
            }
            let once = stride(from: 0, to: digits.count, by: 2).map { UInt8(digits[$0] << 4 | digits[$0 + 1]) }
            for _ in 0..<(parts.count == 2 ? Int(parts[1]) ?? 0 : 1) { bytes.writeBytes(once) }
        }
        self.bytes = bytes
    }

    var text: String {
        guard let frame else { return Self.hexadecimal(bytes) + " # no frame: '\(Self.printable(bytes))'" }
        let header = bytes.getSlice(at: bytes.readerIndex, length: FrameHeader.length) ?? ByteBuffer()
        let fields = [header, frame.extras, frame.key, frame.value].filter { $0.readableBytes > 0 }
        return fields.map(Self.hexadecimal).joined(separator: " ") + " # " + Self.meaning(frame)
    }

    /// The frame that these bytes are, if they are one.
    var frame: Frame? {
        for magic in [FrameHeader.Magic.request, .reply] {
            var decoder = FrameDecoder(expecting: magic, maximumBodyLength: 1 << 20)
            decoder.append(bytes)
            if let frame = try? decoder.next(), decoder.bufferedBytes == 0 { return frame }
        }
        return nil
    }

    /// The bytes with all zeros or ones where the fixture and another run may differ.
    func masked(_ masks: [GoldenRecord.Mask]) -> ByteBuffer {
        guard var frame else { return bytes }
        if masks.contains(.cas), frame.header.cas != 0 { frame.header.cas = .max }
        var masked = ByteBuffer()
        let mask = frame.header.magic == .reply ? GoldenRecord.Mask.values : .requestValues
        if masks.contains(mask), frame.value.readableBytes > 0 {
            frame.header.bodyLength = .max
            masked.writeFrameHeader(frame.header)
            masked.writeImmutableBuffer(frame.extras)
            masked.writeImmutableBuffer(frame.key)
        } else {
            masked.writeFrameHeader(frame.header)
            masked.writeImmutableBuffer(frame.body)
        }
        return masked
    }

    private static func meaning(_ frame: Frame) -> String {
        let header = frame.header
        var words = ["\(header.opcode)"]
        if header.magic == .reply { words.append("\(Status(rawValue: header.statusOrVBucket))") }
        words.append("opaque \(header.opaque)")
        if header.cas != 0 { words.append("CAS \(header.cas)") }
        if frame.extras.readableBytes > 0 { words.append("extras \(frame.extras.readableBytes)") }
        if frame.key.readableBytes > 0 { words.append("key '\(printable(frame.key))'") }
        if frame.value.readableBytes > 0 { words.append("value '\(printable(frame.value))'") }
        return words.joined(separator: ", ")
    }

    private static func printable(_ bytes: ByteBuffer) -> String {
        let shown = bytes.readableBytesView.prefix(40).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }
        let rest = bytes.readableBytes - shown.count
        return String(decoding: shown, as: UTF8.self) + (rest > 0 ? "... and \(rest) more" : "")
    }

    private static func hexadecimal(_ bytes: ByteBuffer) -> String {
        let view = bytes.readableBytesView
        if view.count > 32, let first = view.first, view.allSatisfy({ $0 == first }) {
            return hexadecimal(ByteBuffer(bytes: [first])) + "*\(view.count)"
        }
        let digits = Array("0123456789abcdef".utf8)
        let text = view.flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
        return String(decoding: text, as: UTF8.self)
    }
}
