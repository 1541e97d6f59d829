import Memcached
import TestSupport
import Testing

#if canImport(FoundationEssentials)
import FoundationEssentials
#else
import Foundation
#endif

@Suite("Dates in hostile property lists", .fewAtATime)
struct HostileDatesTests {
    private let xml = PropertyListCodec<[Date]>.propertyList(.xml)

    private func document(_ date: String) -> EncodedValue {
        EncodedValue("<plist><array><date>\(date)</date></array></plist>", .xmlPropertyList)
    }

    @Test(
        "A date whose year is absurd is refused: with the least ones Foundation would trap",
        arguments: [
            "-9223372036854775800-01-01T00:00:00Z", "-9223372036854775807-12-31T23:59:59Z",
            "9999999999999999-01-01T00:00:00Z", "99999999999-01-01T00:00:00Z",
        ]
    )
    func hugeYears(date: String) {
        let error = expectCodecError(.refusedPropertyList) { try xml.decode(document(date)) }
        #expect(error?.message.contains("a date is too long") == true)
        let spaced = EncodedValue("<plist><array><date a='' \n>\(date)</date></array></plist>", .xmlPropertyList)
        expectCodecError(.refusedPropertyList) { try xml.decode(spaced) }
    }

    @Test("Years of up to nine digits are read, whatever else stands in the date")
    func longYears() throws {
        for count in 1...9 {
            let year = String(repeating: "9", count: count)
            for rest in ["-01-01T00:00:00Z", "-00-00T00:00:00Z", "-99-99T99:99:99Z"] {
                #expect(try xml.decode(document(year + rest)).count == 1)
                #expect(try xml.decode(document("-" + year + rest)).count == 1)
            }
        }
        let date = try xml.decode(document("2001-01-01T00:00:01Z"))
        #expect(date == [Date(timeIntervalSinceReferenceDate: 1)])
    }

    @Test("A date that ends nowhere, or is none, is an error")
    func brokenDates() {
        for text in ["<plist><date>2001", "<plist><array><date>x</date></array></plist>"] {
            #expect(throws: ValueCodecError.self) { try xml.decode(EncodedValue(text, .xmlPropertyList)) }
        }
    }

    @Test(
        "The binary format holds any number of seconds, infinite ones and none among them",
        arguments: [Double.nan, .infinity, -.infinity, 1e300, -1e300, .leastNonzeroMagnitude]
    )
    func binaryDates(seconds: Double) throws {
        let codec = PropertyListCodec<[Date]>.propertyList()
        let dates = try codec.decode(codec.encode([Date(timeIntervalSinceReferenceDate: seconds)]))
        let returned = try #require(dates.first).timeIntervalSinceReferenceDate
        #expect(returned == seconds || returned.isNaN && seconds.isNaN)
    }
}
