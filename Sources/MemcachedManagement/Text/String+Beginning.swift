#if Management
extension String {
    /// The beginning of a text in UTF-8: of its bytes so many as the limit, or less where a character would be cut.
    init(beginningOf text: [UInt8], limit: Int) {
        var end = Swift.min(text.count, limit)
        while end > 0, end < text.count, text[end] & 0xc0 == 0x80 { end -= 1 }
        self.init(decoding: text[..<end], as: UTF8.self)
    }
}
#endif
