import CoreMetrics

/// A backend that is told of everything and keeps nothing: what it costs to listen is the client's own part of it.
final class SilentMetrics: MetricsFactory {
    private final class Handler: CounterHandler, MeterHandler, RecorderHandler, TimerHandler {
        func increment(by amount: Int64) {}
        func reset() {}
        func set(_ value: Int64) {}
        func set(_ value: Double) {}
        func increment(by amount: Double) {}
        func decrement(by amount: Double) {}
        func record(_ value: Int64) {}
        func record(_ value: Double) {}
        func recordNanoseconds(_ duration: Int64) {}
    }

    private let handler = Handler()

    func makeCounter(label: String, dimensions: [(String, String)]) -> any CounterHandler { handler }
    func makeMeter(label: String, dimensions: [(String, String)]) -> any MeterHandler { handler }
    func makeRecorder(label: String, dimensions: [(String, String)], aggregate: Bool) -> any RecorderHandler { handler }
    func makeTimer(label: String, dimensions: [(String, String)]) -> any TimerHandler { handler }
    func destroyCounter(_ handler: any CounterHandler) {}
    func destroyMeter(_ handler: any MeterHandler) {}
    func destroyRecorder(_ handler: any RecorderHandler) {}
    func destroyTimer(_ handler: any TimerHandler) {}
}
