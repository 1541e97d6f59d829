import Memcached
import NIOCore

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

/// Documents as the codecs write them, and by hand what they never write.
enum DocumentSeeds {
    private static var documents: [Document] {
        var leaf = Document()
        leaf.name = "Ada \u{1F600}"
        leaf.count = -3
        leaf.small = 7
        leaf.large = .max
        leaf.ratio = 0.25
        leaf.share = 1.5
        leaf.price = Decimal(string: "12.50")
        leaf.isNew = true
        leaf.date = Date(timeIntervalSinceReferenceDate: 700_000_000.5)
        leaf.data = Data([0, 1, 2, 255])
        leaf.id = UUID()
        leaf.link = URL(string: "https://example.com/a?b=c")
        leaf.tags = ["a", "", "ä", "a"]
        leaf.counts = ["one": 1, "two": 2]
        leaf.numbered = [1: 1, 2: .pi]
        var tree = Document()
        tree.children = [leaf, Document(), leaf]
        return [Document(), leaf, tree]
    }

    @Sendable static func json() -> [[UInt8]] {
        let written: [[UInt8]] = written(by: .json())
        let byHand = [
            #"{"name":null,"count":1e3,"small":-128,"large":18446744073709551615,"price":1e-99,"date":1e300}"#,
            #"["\u0041\uD83D\uDE00\n\"", 1.5E+10, -0, 123456789012345678901234567890, true, false, null, {}, []]"#,
            #"{"id":"6B29FC40-CA47-1067-B31D-00DD010662DA","link":"x:","data":"AAEC","tags":[],"a":{"a":{"a":[[[]]]}}}"#,
            "  \u{FEFF}[1,2,\n3]",
        ]
        return written + byHand.map { Array($0.utf8) }
    }

    @Sendable static func binary() -> [[UInt8]] { written(by: .propertyList()) }

    @Sendable static func xml() -> [[UInt8]] {
        let written: [[UInt8]] = written(by: .propertyList(.xml))
        let broken =
            Array("<plist><array><integer>".utf8) + [0xff, 0x80, 0x31] + Array("</integer></array></plist>".utf8)
        let byHand = [
            #"<plist version="1.0"><dict><key>date</key><date>2001-01-01T00:00:00Z</date></dict></plist>"#,
            "<plist><dict><key>count</key><integer>0x1F</integer><key>ratio</key><real>nan</real></dict></plist>",
            "<plist><dict><key>data</key><data> AAEC /w== </data><key>isNew</key><true/></dict></plist>",
            "<plist><array><string><![CDATA[<&]]></string><string>&lt;&#x41;&#66;&amp;</string></array></plist>",
            "<plist>" + String(repeating: "<dict><key/></key>", count: 12) + String(repeating: "</dict>", count: 12)
                + "</plist>",
            "<?xml version='1.0'?><!-- a --><!DOCTYPE plist><plist><dict><key>name</key><string/></dict></plist>",
            "<plist><dict><key>date</key><date>-999999999999999-12-31T23:59:59Z</date></dict></plist>",
            // To the decoder the instruction ends within the comment.
            "<!DOCTYPE plist><?><!-- ?><plist>\(String(repeating: "<array>", count: 20))--><plist/>",
            "<!DOCTYPE plist><?><!-- ?><plist>\(nested(20))</plist>--><plist><dict/></plist>",
            "<!DOCTYPE plist><? ?><!-- ?><plist>\(nested(20))</plist>--><plist><dict/></plist>",
            "<plist>\(nested(9))</plist>",
            "<plist>\(nested(8))</plist>",
        ]
        return written + byHand.map { Array($0.utf8) } + [broken]
    }

    private static func nested(_ levels: Int) -> String {
        String(repeating: "<array>", count: levels) + "<true/>" + String(repeating: "</array>", count: levels)
    }

    private static func written(by codec: some ValueCodec<Document>) -> [[UInt8]] {
        documents.compactMap { document in
            (try? codec.encode(document)).map { Array($0.bytes.readableBytesView) }
        }
    }
}
