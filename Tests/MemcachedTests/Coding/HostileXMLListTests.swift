import Memcached
import NIOCore
import TestSupport
import Testing

@Suite("Hostile XML property lists", .fewAtATime)
struct HostileXMLListTests {
    @Test("Arrays and dictionaries nested 512 deep are accepted and 513 refused")
    func nesting() throws {
        for (depth, isAllowed) in [(512, true), (513, false), (100_000, false)] {
            let document = EncodedValue(
                #"<?xml version="1.0"?><plist version="1.0">"# + String(repeating: "<array>", count: depth) + "<true/>"
                    + String(repeating: "</array>", count: depth) + "</plist>",
                .xmlPropertyList
            )
            let map = EncodedValue(
                #"<plist version="1.0">"# + String(repeating: "<dict><key>a</key>", count: depth) + "<string>b</string>"
                    + String(repeating: "</dict>", count: depth) + "</plist>",
                .xmlPropertyList
            )
            let flat = PropertyListCodec<[Int: Int]>.propertyList(.xml)
            for value in [document, map] {
                if isAllowed {
                    // What comes out doesn't fit the type, but it passed the scan.
                    expectCodecError(.typeMismatch) { try flat.decode(value) }
                } else {
                    expectRefusal(value, because: "nested more than 512 levels")
                }
            }
        }
    }

    @Test("XML with declarations of its own, in another encoding or with something around it is refused")
    func strangeXML() {
        let body = #"<plist version="1.0"><array/></plist>"#
        let cases: [(String, String)] = [
            (#"<?xml version="1.0"?><!DOCTYPE plist [<!ENTITY a "aaaa">]>"# + body, "declares entities"),
            (#"<!DOCTYPE plist SYSTEM "x" ["# + body, "declares entities"),
            (#"<!ENTITY a "b">"# + body, "declaration"),
            (#"<plist><!DOCTYPE plist><array/></plist>"#, "declaration"),
            (#"<?xml version="1.0" encoding="UTF-16"?>"# + body, "not in UTF-8"),
            (#"<?xml version="1.0" encoding='UTF-7'?>"# + body, "not in UTF-8"),
            (body + body, "second root"),
            (body + "tail", "text stands outside"),
            ("head" + body, "no XML property list"),
            ("</plist>", "no XML property list"),
            (#"<!-- x --></plist>"#, "not open"),
            ("<html></html>", "no XML property list"),
            ("<plist><array>", "too early"),
            ("<plist><array", "too early"),
            ("<plist><!-- ", "too early"),
            ("<plist><string><![CDATA[ ]]", "too early"),
            ("", "no XML property list"),
            ("\u{feff}", "no XML property list"),
            ("<?xml version='1.0'?>", "no XML property list"),
            ("<0fbd77>", "no XML property list"),
        ]
        for (text, reason) in cases { expectRefusal(EncodedValue(text, .xmlPropertyList), because: reason) }
    }

    @Test("Ordinary XML is accepted: DOCTYPE, comments, CDATA, a byte order mark, instructions, white space")
    func ordinaryXML() throws {
        let document = """
            \u{feff}<?xml version="1.0" encoding="utf-8"?>
            <!-- <array> ]]> -->
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">
            <plist version="1.0">
            <array attribute="x">
              <!-- </array> -->
              <string><![CDATA[</string></array><array>]]></string>
              <string>&lt;&amp;&#x41;</string>
              <string/>
            </array >
            </plist>
            <!-- done -->

            """
        let codec = PropertyListCodec<[String]>.propertyList(.xml)
        #expect(try codec.decode(EncodedValue(document, .xmlPropertyList)) == ["</string></array><array>", "<&A", ""])
    }

    @Test("Tags in comments and CDATA don't hide levels")
    func hiddenLevels() {
        let level = "<array><!-- </array> --><string><![CDATA[</array>]]></string>"
        let text = "<plist>" + String(repeating: level, count: 600)
        expectRefusal(EncodedValue(text, .xmlPropertyList), because: "nested more than 512 levels")
        let lists = String(repeating: "<plist>", count: 100_000)
        expectRefusal(EncodedValue(lists, .xmlPropertyList), because: "nested more than 512 levels")
    }

    @Test("Random damage never brings the decoder down", arguments: [UInt64(1), 2, 3, 4])
    func fuzz(seed: UInt64) throws {
        try decodeDamagedLists(.xml, seed: seed)
    }
}
