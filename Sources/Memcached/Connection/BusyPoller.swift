import NIOCore

/// Looks at a connection's socket for what comes next, in the event loop's place, as long as ``BusyPolling`` says so.
final class BusyPoller {
    private let probe: any ReadinessProbe
    private let eventLoop: any EventLoop
    private var polling: BusyPolling
    private var next: Scheduled<Void>?

    init(_ probe: any ReadinessProbe, time: Duration, eventLoop: any EventLoop) {
        self.probe = probe
        self.eventLoop = eventLoop
        polling = BusyPolling(time: TimeAmount(time))
    }

    /// Something has been read.
    func noteRead(at now: NIODeadline, written: NIODeadline?, isLight: Bool) {
        if polling.read(at: now, written: written, isLight: isLight), next == nil { look() }
    }

    func stop() {
        next?.cancel()
        next = nil
    }

    private func look() {
        next = nil
        var now = eventLoop.now
        for _ in 0..<Self.looksAtOnce {
            // What is there to read the loop reads next.
            guard polling.goesOn(at: now), !probe.isReadable else { return }
            now = eventLoop.now
        }
        // A moment in the future: at once, the loop would look at nothing but this until the time is over.
        next = eventLoop.assumeIsolated().scheduleTask(deadline: now + Self.pause) { self.look() }
    }

    /// About ten microseconds. Others on the event loop wait for no longer.
    private static let looksAtOnce = 24
    private static let pause = TimeAmount.microseconds(1)
}
