#if Management
import Metrics
import TestSupport
import Testing

@testable import MemcachedManagement

@Suite(.fewAtATime) struct PrometheusTests {
    private let registry = PrometheusRegistry(descriptions: [
        "queue.depth": .init(unit: "{job}", help: "Jobs that wait,\none per line \\ with care."),
        "disk.io": .init(unit: "By", help: "Bytes."),
        "build.time": .init(unit: "s", help: "Builds."),
    ])

    @Test func `a registry without metrics has no text`() {
        #expect(registry.text() == "")
    }

    @Test func `a counter has its type, its labels in order, and the suffix total`() {
        let counter = registry.makeCounter(label: "memcached.client.hits", dimensions: [("z.b", "2"), ("a", "1")])
        counter.increment(by: 3)
        counter.increment(by: -5)
        #expect(
            registry.text() == """
                # HELP memcached_client_hits_total Gets that found an item.
                # TYPE memcached_client_hits_total counter
                memcached_client_hits_total{a="1",z_b="2"} 3

                """
        )
        counter.reset()
        #expect(registry.text().hasSuffix("} 0\n"))
    }

    @Test func `units that are known follow the name`() {
        registry.makeCounter(label: "disk.io", dimensions: []).increment(by: Int64(1))
        registry.makeMeter(label: "queue.depth", dimensions: []).set(Int64(2))
        registry.makeTimer(label: "build.time", dimensions: []).recordNanoseconds(1)
        let text = registry.text()
        #expect(text.contains("\ndisk_io_bytes_total 1\n"))
        #expect(text.contains("\nqueue_depth 2\n"))
        #expect(text.contains("# TYPE build_time_seconds histogram\n"))
        #expect(text.contains("# HELP queue_depth Jobs that wait,\\none per line \\\\ with care.\n"))
    }

    @Test(arguments: [
        ("http.requests_total", "http_requests_total"), ("a..b-c", "a_b_c_total"), ("9lives", "_9lives_total"),
        ("ns:rate", "ns:rate_total"), ("", "__total"), ("größe", "gr_e_total"),
    ])
    func `names are made of what Prometheus takes`(label: String, name: String) {
        registry.makeCounter(label: label, dimensions: []).increment(by: Int64(1))
        #expect(registry.text() == "# TYPE \(name) counter\n\(name) 1\n")
    }

    @Test func `labels are escaped, and their names are made of what Prometheus takes`() {
        registry.makeMeter(
            label: "m",
            dimensions: [("path", "C:\\\"x\"\n"), ("server.address", "one"), ("server-address", "two"), ("1", "n")]
        ).set(1.5)
        #expect(
            registry.text() == """
                # TYPE m gauge
                m{_1="n",path="C:\\\\\\"x\\"\\n",server_address="one;two"} 1.5

                """
        )
    }

    @Test func `a timer is a histogram in seconds, whose buckets add up`() {
        let timer = registry.makeTimer(label: "db.client.operation.duration", dimensions: [("le", "mine")])
        for nanoseconds: Int64 in [50_000, 100_000, 2_000_000, 60_000_000_000] { timer.recordNanoseconds(nanoseconds) }
        let lines = registry.text().split(separator: "\n").map(String.init)
        let name = "db_client_operation_duration_seconds"
        #expect(lines.contains("# TYPE \(name) histogram"))
        #expect(lines.contains("\(name)_bucket{exported_le=\"mine\",le=\"0.0001\"} 2"))
        #expect(lines.contains("\(name)_bucket{exported_le=\"mine\",le=\"0.001\"} 2"))
        #expect(lines.contains("\(name)_bucket{exported_le=\"mine\",le=\"0.0025\"} 3"))
        #expect(lines.contains("\(name)_bucket{exported_le=\"mine\",le=\"10\"} 3"))
        #expect(lines.contains("\(name)_bucket{exported_le=\"mine\",le=\"+Inf\"} 4"))
        #expect(lines.contains("\(name)_sum{exported_le=\"mine\"} 60.00215"))
        #expect(lines.contains("\(name)_count{exported_le=\"mine\"} 4"))
    }

    @Test func `an aggregating recorder is a histogram, another one a gauge`() {
        registry.makeRecorder(label: "sizes", dimensions: [], aggregate: true).record(Int64(500))
        registry.makeRecorder(label: "level", dimensions: [], aggregate: false).record(-2.5)
        let text = registry.text()
        #expect(text.contains("# TYPE level gauge\nlevel -2.5\n"))
        #expect(text.contains("sizes_bucket{le=\"100\"} 0\nsizes_bucket{le=\"1000\"} 1\n"))
        #expect(text.contains("sizes_sum 500\nsizes_count 1\n"))
    }

    @Test func `a meter goes up and down, and what is no number has its own word`() {
        let meter = registry.makeMeter(label: "m", dimensions: [])
        meter.increment(by: 3)
        meter.decrement(by: 1)
        #expect(registry.text().hasSuffix("m 2\n"))
        for (value, word) in [(Double.nan, "NaN"), (.infinity, "+Inf"), (-.infinity, "-Inf"), (1e300, "1e+300")] {
            meter.set(value)
            #expect(registry.text().hasSuffix("m \(word)\n"))
        }
    }

    @Test func `a counter of fractions adds to one of whole numbers, and none overflows`() {
        let counter = registry.makeFloatingPointCounter(label: "c", dimensions: [])
        counter.increment(by: 1.25)
        counter.increment(by: .nan)
        counter.increment(by: .infinity)
        counter.increment(by: -1)
        registry.makeCounter(label: "c", dimensions: []).increment(by: 2)
        #expect(registry.text().hasSuffix("c_total 3.25\n"))
        let large = registry.makeCounter(label: "large", dimensions: [])
        large.increment(by: .max)
        large.increment(by: .max)
        #expect(registry.text().hasSuffix("large_total \(Int64.max)\n"))
    }

    @Test func `the same name and labels are one series, in any order of the labels`() {
        registry.makeCounter(label: "c", dimensions: [("a", "1"), ("b", "2")]).increment(by: 1)
        registry.makeCounter(label: "c", dimensions: [("b", "2"), ("a", "1")]).increment(by: 1)
        registry.makeCounter(label: "c", dimensions: [("a", "2")]).increment(by: 5)
        #expect(registry.text() == "# TYPE c_total counter\nc_total{a=\"1\",b=\"2\"} 2\nc_total{a=\"2\"} 5\n")
    }

    @Test func `a name has one type: what comes second is not shown`() {
        registry.makeMeter(label: "m", dimensions: []).set(Int64(1))
        registry.makeRecorder(label: "m", dimensions: [("a", "1")], aggregate: true).record(Int64(7))
        #expect(registry.text() == "# TYPE m gauge\nm 1\n")
    }

    @Test func `what is destroyed is shown no more`() {
        let counter = registry.makeCounter(label: "c", dimensions: [])
        let timer = registry.makeTimer(label: "t", dimensions: [])
        let meter = registry.makeMeter(label: "m", dimensions: [])
        let recorder = registry.makeRecorder(label: "r", dimensions: [], aggregate: true)
        registry.destroyCounter(counter)
        registry.destroyMeter(meter)
        registry.destroyRecorder(recorder)
        #expect(registry.text().hasPrefix("# TYPE t_seconds histogram\n"))
        registry.destroyTimer(timer)
        #expect(registry.text() == "")
    }

    @Test func `many threads count at once, and nothing is lost`() async {
        let registry = registry
        await withTaskGroup(of: Void.self) { group in
            for number in 0..<8 {
                group.addTask {
                    for _ in 0..<1_000 {
                        registry.makeCounter(label: "c", dimensions: [("n", "\(number % 2)")]).increment(by: 1)
                        registry.makeTimer(label: "t", dimensions: []).recordNanoseconds(1)
                        if number == 0 { _ = registry.text() }
                    }
                }
            }
        }
        let text = registry.text()
        #expect(text.contains("c_total{n=\"0\"} 4000\nc_total{n=\"1\"} 4000\n"))
        #expect(text.contains("t_seconds_count 8000\n"))
    }

    @Test func `the content type is that of the text format`() {
        #expect(PrometheusRegistry.contentType == "text/plain; version=0.0.4; charset=utf-8")
    }
}
#endif
