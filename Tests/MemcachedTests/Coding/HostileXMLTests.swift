import Memcached
import TestSupport
import Testing

/// Where the scan and Foundation's decoder could disagree on what is markup.
@Suite("XML property lists of two readings", .fewAtATime)
struct HostileXMLTests {
    private let codec = PropertyListCodec<[String]>.propertyList(.xml)
    private let list = #"<plist version="1.0"><array><string>a</string></array></plist>"#

    private func expectRefusal(
        _ text: String,
        because reason: String,
        sourceLocation: SourceLocation = #_sourceLocation
    ) {
        let error = expectCodecError(.refusedPropertyList, sourceLocation: sourceLocation) {
            try codec.decode(EncodedValue(text, .xmlPropertyList))
        }
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "")", sourceLocation: sourceLocation)
    }

    private func read(_ text: String) throws -> [String] {
        try codec.decode(EncodedValue(text, .xmlPropertyList))
    }

    @Test(
        "What is no UTF-8 is refused, wherever it stands: the decoder traps at such a number",
        arguments: ["integer", "real", "string", "date", "data", "key", "true"]
    )
    func brokenUTF8(element: String) throws {
        let sequences: [[UInt8]] = [
            [0xff], [0x80], [0xc3], [0xc0, 0x80], [0xe2, 0x82], [0xed, 0xa0, 0x80], [0xf5, 0x80, 0x80, 0x80],
        ]
        for broken in sequences {
            for (before, after) in [("", "1"), ("1", ""), (" ", " 0x1F"), ("-", "")] {
                let open = Array("<plist><dict><key>a</key><\(element)>\(before)".utf8)
                let bytes = open + broken + Array("\(after)</\(element)></dict></plist>".utf8)
                let value = EncodedValue(bytes, .xmlPropertyList)
                MemcachedTests.expectRefusal(value, because: "not in UTF-8")
                #expect(throws: ValueCodecError.self) {
                    try PropertyListCodec<[String: Int]>.propertyList(.xml).decode(value)
                }
            }
        }
    }

    @Test("Levels behind an empty instruction, which the decoder ends elsewhere than in its comment, are refused")
    func hiddenBehindInstruction() {
        let levels = String(repeating: "<array>", count: 100_000)
        expectRefusal("<!DOCTYPE plist><?><!-- ?><plist>\(levels)--><plist/>", because: "empty instruction")
        expectRefusal("<!DOCTYPE plist><?><!-- ?>\(levels)-->\(list)", because: "empty instruction")
    }

    @Test("An empty instruction is refused wherever it stands")
    func emptyInstructions() {
        expectRefusal("<!DOCTYPE plist><?>" + list, because: "empty instruction")
        expectRefusal("<plist><?><array/></plist>", because: "empty instruction")
        expectRefusal(list + "<?>", because: "empty instruction")
    }

    @Test("An empty key is refused: the decoder takes it for an opening tag, and levels could hide behind that")
    func emptyKeys() throws {
        let levels = String(repeating: "<dict><key/></key>", count: 58_000)
        expectRefusal("<plist>\(levels)</plist>", because: "an empty key")
        expectRefusal("<plist><dict><key /><string>a</string></dict></plist>", because: "an empty key")
        let codec = PropertyListCodec<[String: String]>.propertyList(.xml)
        let list = "<plist><dict><key></key><string>a</string></dict></plist>"
        #expect(try codec.decode(EncodedValue(list, .xmlPropertyList)) == ["": "a"])
    }

    @Test("Instructions that hold anything, and comments that hold tags and quotes, are read")
    func instructionsAndComments() throws {
        for text in ["<? ?>", "<??>", "<?a?b>c?>", "<!---->", "<!-- <?x -->", #"<!-- a > " ' <array> -->"#] {
            #expect(try read("<!DOCTYPE plist>" + text + list) == ["a"])
            #expect(try read("<plist>\(text)<array>\(text)<string>a</string></array>\(text)</plist>") == ["a"])
            #expect(try read(list + text + "\n") == ["a"])
        }
    }

    @Test("A comment that some readers end at its own beginning is refused", arguments: ["<!-->", "<!--->"])
    func commentsWithoutContents(comment: String) {
        expectRefusal("<!DOCTYPE plist>" + comment + "-->" + list, because: "a comment ends where it begins")
        expectRefusal("<plist>" + comment + "--><array/></plist>", because: "a comment ends where it begins")
    }

    @Test("A tag that ends within quotes to the decoder, and later to other readers, is refused")
    func quotedEnds() throws {
        expectRefusal(#"<plist><array a=">"/></plist>"#, because: "quotes")
        expectRefusal("<plist><array a='>'/></plist>", because: "quotes")
        expectRefusal(#"<plist a="/>"><array/></plist>"#, because: "quotes")
        expectRefusal(#"<!DOCTYPE plist SYSTEM "a>b">"# + list, because: "quotes")
        #expect(try read(#"<plist a="b" c='d'><array><string e="">a</string></array></plist>"#) == ["a"])
        #expect(try read(#"<plist><array><string>it's "a"</string></array></plist>"#) == [#"it's "a""#])
    }

    @Test("A root other than the plist element is refused, behind a comment too")
    func otherRoots() {
        expectRefusal("<!-- a --><array></array>", because: "no XML property list")
        expectRefusal("<!DOCTYPE plist><dict/>", because: "no XML property list")
    }

    @Test(
        "A declaration names UTF-8 as writers do, or no encoding",
        arguments: ["", #" encoding="UTF-8""#, #" encoding="utf-8""#, " encoding='Utf-8' standalone='yes'"]
    )
    func encodings(encoding: String) throws {
        #expect(try read(#"<?xml version="1.0"\#(encoding)?>"# + list) == ["a"])
        #expect(try read("\u{FEFF}" + #"<?xml version="1.0"\#(encoding)?>"# + list) == ["a"])
    }

    @Test(
        "A declaration that could name another encoding to the decoder is refused",
        arguments: [
            #" encoding="UTF-16""#, #" encoding="utf-8" encoding="UTF-16""#, #" encoding = "utf-8" encoding="UTF-16""#,
            #" encoding="utf-8-mac""#, " encoding='utf-8\"", " encoding=utf-8", " encoding=", " encoding",
            " \u{600}encoding=\"UTF-16\"", " xencoding='UTF-7'",
        ]
    )
    func otherEncodings(encoding: String) {
        expectRefusal(#"<?xml version="1.0"\#(encoding)?>"# + list, because: "not in UTF-8")
    }

    @Test("What Foundation, plutil and Python's plistlib write around a list is read")
    func ordinaryWriters() throws {
        let head = #"""
            <?xml version="1.0" encoding="UTF-8"?>
            <!DOCTYPE plist PUBLIC "-//Apple//DTD PLIST 1.0//EN" "http://www.apple.com/DTDs/PropertyList-1.0.dtd">

            """#
        let oldHead = head.replacing("-//Apple//", with: "-//Apple Computer//")
        for head in [head, oldHead, head.replacing("<?", with: "\u{FEFF}<?", maxReplacements: 1)] {
            #expect(try read(head + list + "\n") == ["a"])
        }
    }
}
