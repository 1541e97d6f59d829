#if Management
import Foundation
import Memcached
import MemcachedTooling
import NIOCore
import Testing

@testable import MemcachedManagement

/// What pages show of values, and take back.
@Suite struct PageTextTests {
    @Test(arguments: [
        ("<b>", "&lt;b&gt;"), ("a&b", "a&amp;b"), ("\"'", "&quot;&#39;"),
        // The library's own escaping takes these for one character each, and leaves them.
        ("\"\u{301} onfocus=alert(1)", "&quot;\u{301} onfocus=alert(1)"), ("<\u{20DD}b", "&lt;\u{20DD}b"),
        ("<\u{200D}", "&lt;\u{200D}"), ("\r\n", "\r\n"), ("e\u{301}", "e\u{301}"),
    ])
    func `text is escaped by code points`(text: String, escaped: String) {
        #expect(Array(MarkupText().escapeText(text).unicodeScalars) == Array(escaped.unicodeScalars))
    }

    @Test(arguments: [
        (
            #"{"a":[1,2.50,1e400],"b":{}}"#,
            "{\n    \"a\": [\n        1,\n        2.50,\n        1e400\n    ],\n    \"b\": {}\n}"
        ),
        (#""only{text,\":}""#, #""only{text,\":}""#),
        ("[]", "[]"), ("18446744073709551615", "18446744073709551615"),
        ("[[],[null]]", "[\n    [],\n    [\n        null\n    ]\n]"),
    ])
    func `JSON is laid out without a change to what it says`(compact: String, indented: String) {
        let layout = JSONLayout.indented(compact, limit: 1_000)
        #expect(layout.text == indented && layout.isWhole)
        #expect(JSONLayout.compact(indented) == compact)
    }

    @Test(arguments: ["", "}", "]]]]", "{\"a", "\\\"", "\"\\", ":::", "{{{{", "\u{0}"])
    func `what is no JSON does no harm`(text: String) {
        _ = JSONLayout.indented(text, limit: 1_000)
        #expect(JSONLayout.compact(text).utf8.count <= text.utf8.count)
    }

    @Test func `bytes are shown by sixteen`() {
        let lines = HexDump.text(of: Array(UInt8(60)...80)).split(separator: "\n")
        #expect(
            lines == [
                "00000000  3c 3d 3e 3f 40 41 42 43 44 45 46 47 48 49 4a 4b  <=>?@ABCDEFGHIJK",
                "00000010  4c 4d 4e 4f 50                                   LMNOP",
            ]
        )
        #expect(HexDump.text(of: []) == "")
    }

    @Test func `what is too long is laid out up to the limit, and no character is cut`() {
        let layout = JSONLayout.indented("{\"a\":\"\u{e9}\u{e9}\",\"b\":[]}", limit: 15)
        #expect(layout.text == "{\n    \"a\": \"\u{e9}" && !layout.isWhole)
        #expect(String(beginningOf: Array("\u{1F600}".utf8), limit: 3) == "")
        #expect(String(beginningOf: Array("abc".utf8), limit: 3) == "abc")
    }

    private func item(_ bytes: ByteBuffer, _ format: ValueFormat) throws -> MemcachedItem {
        let stored = try FlagsConvention.native.pack(EncodedValue(bytes: bytes, format: format))
        return MemcachedItem(value: stored.bytes, flags: stored.flags, version: ItemVersion(cas: 1))
    }

    @Test func `a form gives back what it was given`() throws {
        let text = "one\ntwo\n\n"
        let item = try item(ByteBuffer(string: text), .text)
        let form = try FormText(item)
        #expect(form.text == text && !form.isHex)
        let stored = try form.stored("one\r\ntwo\r\n\r\n")
        #expect(stored.flags == item.flags && stored.bytes == item.value)
    }

    @Test(arguments: ["a\rb", "a\r\nb", "a\u{0}b"])
    func `text that a form would change is edited in hexadecimal`(text: String) throws {
        let item = try item(ByteBuffer(string: text), .text)
        let form = try FormText(item)
        #expect(form.isHex)
        #expect(form.text == text.utf8.map { HexDump.hex(Int($0), digits: 2) }.joined(separator: " "))
        let stored = try form.stored(form.text)
        #expect(stored.flags == item.flags && stored.bytes == item.value)
        // It stays a text.
        #expect(throws: ValueCodecError.self) { try form.stored("ff") }
    }

    @Test func `a list that XML can't hold is edited in hexadecimal`() throws {
        let list = try PropertyListSerialization.data(
            fromPropertyList: [Date(timeIntervalSinceReferenceDate: 0.5)],
            format: .binary,
            options: 0
        )
        let item = try item(ByteBuffer(bytes: list), .binaryPropertyList)
        let form = try FormText(item)
        #expect(form.hexNote?.contains("XML can't hold all of this property list") == true)
        let stored = try form.stored(form.text)
        #expect(stored.flags == item.flags && stored.bytes == item.value)
        #expect(throws: (any Error).self) { try form.stored("00") }
    }

    @Test(arguments: [
        (ValueFormat.text, FormText.limit, "it has 262,145 bytes, and a form takes at most 262,144 bytes of text"),
        (.bytes, FormText.hexLimit, "it has 87,382 bytes, and a form takes at most 87,381 bytes in hexadecimal"),
    ])
    func `a form has a bound, in the screen's words`(format: ValueFormat, limit: Int, words: String) throws {
        let most = try item(ByteBuffer(repeating: UInt8(ascii: "x"), count: limit), format)
        #expect(try FormText(most).text.utf8.count <= FormText.limit)
        let more = try item(ByteBuffer(repeating: UInt8(ascii: "x"), count: limit + 1), format)
        let refusal = #expect(throws: FormText.Refusal.self) { try FormText(more) }
        #expect(refusal?.words == words)
    }

    @Test(
        arguments: [
            ("", []), ("00ff41", [0, 255, 65]), (" 00\tFF\n\n41 ", [0, 255, 65]), ("0a\u{a0}0B", [10, 11]),
        ] as [(String, [UInt8])]
    )
    func `bytes are read in hexadecimal, whatever white space is between them`(text: String, bytes: [UInt8]) throws {
        #expect(try HexText.bytes(of: text) == ByteBuffer(bytes: bytes))
    }

    @Test func `bytes are sixteen on a line`() throws {
        let bytes = Array(UInt8(0)...20)
        let text = HexText.text(of: bytes)
        #expect(text == "00 01 02 03 04 05 06 07 08 09 0a 0b 0c 0d 0e 0f\n10 11 12 13 14")
        #expect(try HexText.bytes(of: text) == ByteBuffer(bytes: bytes))
    }

    @Test(arguments: [
        ("00 f\nff", "Line 1, column 4: the digit 'f' is alone. Each byte has two."),
        ("00\n1", "Line 2, column 1: the digit '1' is alone. Each byte has two."),
        ("00 ff\n41 4g", "Line 2, column 5: 'g' is no hexadecimal digit, 0 to 9 or a to f."),
        ("0x", "Line 1, column 2: 'x' is no hexadecimal digit, 0 to 9 or a to f."),
        ("\u{ff11}", "Line 1, column 1: U+FF11 is no hexadecimal digit, 0 to 9 or a to f."),
        ("00 \u{0}", "Line 1, column 4: U+0000 is no hexadecimal digit, 0 to 9 or a to f."),
    ])
    func `what is no hexadecimal is told with its place`(text: String, words: String) {
        let problem = #expect(throws: HexText.Problem.self) { try HexText.bytes(of: text) }
        #expect(problem?.words == words)
    }

    @Test(arguments: [
        (
            "saslPassword", "the setting 'saslUser' needs the setting 'saslPassword', which takes a text",
            "'User' needs 'Password', which takes a text"
        ),
        (
            "maximumBackoff", "maximumBackoff must not be less than initialBackoff; it is 1.0 seconds",
            "'Longest of these pauses' must not be less than 'First pause before a lost server is tried again'; it is 1.0 seconds"
        ),
        (
            "timeout", "timeout must be positive; it is 0.0 seconds",
            "'Longest time of a call' must be positive; it is 0.0 seconds"
        ),
        (
            "ejectionFailures", "ejection.failures must be 1 or more; it is 0",
            "'Failures in a row that leave a server out' must be 1 or more; it is 0"
        ),
        (
            "servers", "the setting 'servers' is missing; name at least one HOST[:PORT]",
            "'Servers' is missing; name at least one HOST[:PORT]"
        ),
        (
            "servers", "the weight of 10.0.0.1 must be from 1 to 1,000,000; it is 0",
            "the weight of 10.0.0.1 must be from 1 to 1,000,000; it is 0"
        ),
        (
            "failurePolicy", "the setting 'failurePolicy' takes fail or nextServer; it is 'x'",
            "'A server that can't be reached' takes fail or nextServer; it is 'x'"
        ),
    ])
    func `what is wrong with settings is told by the labels of the form`(
        key: String,
        message: String,
        words: String
    ) throws {
        let setting = try #require(ClientSetting.all.first { $0.key == key })
        #expect(SettingField.labelled(message, of: setting) == words)
    }

    @Test func `what is wrong with a dictionary's settings is told by labels, too`() throws {
        let setting = try #require(ClientSetting.ofDictionary("a-b").first { $0.path.last == "expiration" })
        let message = "dictionaries.a-b.expiration must be positive, or never; it is -1.0 seconds"
        let words = SettingField.labelled(message, of: setting)
        #expect(words == "'Default expiration' must be positive, or never; it is -1.0 seconds")
    }

    @Test(arguments: [
        (0.0, "0"), (7, "7"), (0.25, "0.3"), (999, "999"), (1_000, "1,000"), (9_999, "9,999"),
        (12_345, "12.3k"), (123_456, "123k"),
        (2_500_000, "2.5M"), (1e17, "100P"),
    ])
    func `numbers are short`(number: Double, text: String) {
        #expect(Quantity.short(number) == text)
    }

    @Test(arguments: [(0.0, "0 B"), (1_023, "1,023 B"), (1_536, "1.5 KiB"), (67_108_864, "64 MiB")])
    func `bytes have binary units`(number: Double, text: String) {
        #expect(Quantity.bytes(number) == text.replacing(",", with: ""))
    }

    @Test func `a chart has a gap where nothing is known`() {
        let chart = Chart("Gets", [1, 2, nil, 4], capacity: 4) { "\(Int($0))" }
        #expect(chart.lines.count == 2)
        #expect(chart.now == "4")
        #expect(chart.top == "5")
        #expect(chart.summary == "Gets: now 4; from 1 to 4 within the last minutes")
        #expect(chart.lines[0] == "0.0,38.4 80.0,28.8")
    }

    @Test(arguments: [[], [nil], [Double.nan], [.infinity], [-1], [1e300]] as [[Double?]])
    func `a chart takes whatever a server says`(values: [Double?]) {
        let chart = Chart("Gets", values, capacity: 3, format: Quantity.short)
        for line in chart.lines { #expect(!line.contains("nan") && !line.contains("inf")) }
    }

    @Test func `slab classes tell how full they are`() {
        let table = SlabTable(
            server: "cache-1",
            slabs: [
                "1:chunk_size": "96", "1:used_chunks": "5", "1:total_chunks": "10", "1:total_pages": "1",
                "x:chunk_size": "1", "-1:used_chunks": "nan", "total_malloced": "1048576",
            ],
            items: ["items:1:number": "5", "items:1:evicted": "3", "items:1:age": "90"]
        )
        let first = table.classes.first { $0.number == 1 }
        #expect(first?.fill == 50)
        #expect(first?.evictions == "3")
        #expect(first?.isEvicting == true)
        #expect(first?.age == "1 min")
        #expect(table.memory == "1 MiB")
    }

    @Test func `slab classes of several servers are compared by the size of their chunks`() throws {
        func table(_ server: String, _ slabs: [String: String], evicted: Int = 0) -> SlabTable {
            SlabTable(server: server, slabs: slabs, items: ["items:1:evicted": "\(evicted)"])
        }
        let one = table(
            "cache-1",
            [
                "1:chunk_size": "96", "1:used_chunks": "5", "1:total_chunks": "10",
                "2:chunk_size": "1184", "2:used_chunks": "10", "2:total_chunks": "10",
                // Of no size, and of one that is there already.
                "3:used_chunks": "1", "4:chunk_size": "96",
            ],
            evicted: 3
        )
        let other = table("cache-2", ["1:chunk_size": "1184", "1:used_chunks": "1", "1:total_chunks": "4"])
        let comparison = try #require(SlabComparison([one, other]))
        #expect(comparison.servers == ["cache-1", "cache-2"])
        #expect(comparison.rows.map(\.chunkSize) == ["96 bytes", "1,184 bytes"])
        #expect(comparison.rows.map { $0.cells.map { $0.slabClass?.fill } } == [[50, nil], [100, 25]])
        #expect(comparison.rows[0].cells[0].slabClass?.evictions == "3")
        #expect(SlabComparison([one]) == nil)
        #expect(SlabComparison([table("a", [:]), table("b", [:])]) == nil)
    }

    @Test func `settings that differ are marked, but for what is each server's own`() {
        let table = StatisticsTable(
            [
                ("a", ["maxbytes": "1", "tcpport": "1", "same": "x"]),
                ("b", ["maxbytes": "2", "tcpport": "2", "same": "x"]),
            ],
            compared: true
        )
        #expect(table.rows.filter(\.differs).map(\.name) == ["maxbytes"])
    }

    @Test func `statistics are in the order of their numbers, and what counts is grouped`() {
        let statistics = ["items:10:age": "12345", "items:2:age": "1", "pid": "12345", "tcpport": "11211"]
        let table = StatisticsTable([("a", statistics)], compared: false)
        #expect(table.rows.map(\.name) == ["items:2:age", "items:10:age", "pid", "tcpport"])
        #expect(table.rows.map(\.values) == [["1"], ["12,345"], ["12345"], ["11211"]])
    }
}
#endif
