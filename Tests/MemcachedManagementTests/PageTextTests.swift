#if Management
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
        #expect(JSONLayout.indented(compact, limit: 1_000) == indented)
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

    private func editable(_ text: String, _ format: UInt32 = 0) throws -> EditableItem {
        let item = MemcachedItem(value: ByteBuffer(string: text), flags: format, version: ItemVersion(cas: 1))
        return try EditableItem(item, codec: .text)
    }

    @Test func `a form gives back what it was given`() throws {
        let text = "one\ntwo\n\n"
        let form = try FormText(editable(text))
        #expect(form.text == text)
        #expect(form.value(of: "one\r\ntwo\r\n\r\n") == ByteBuffer(string: text))
    }

    @Test(arguments: ["a\rb", "a\r\nb", "a\u{0}b", String(repeating: "x", count: FormText.limit + 1)])
    func `what a form would change is not edited in one`(text: String) throws {
        let item = try editable(text)
        #expect(throws: ValueCodecError.self) { try FormText(item) }
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
