import NIOCore

/// One direction of a connection: bytes leave the sender's buffer in pieces, cut anywhere, and arrive in order, each after its own
/// latency.
final class Pipe {
    private let loop: SimulatedLoop
    private let random: Randomness
    /// In microseconds.
    private let latency: ClosedRange<Int>
    private let cutsPercent: Int
    private var unsent = ByteBuffer()
    private var lastArrival = NIODeadline.uptimeNanoseconds(0)
    private var stalledUntil = NIODeadline.uptimeNanoseconds(0)
    private var isPumping = false
    private var isFinishing = false
    private var isReset = false
    private var isDead = false
    /// Pieces that have left the sender and not arrived yet.
    private var underWay = 0
    /// Counts what happens to bytes.
    private let count: (String) -> Void
    /// Whether the receiver has room; it calls ``pump()`` when it has it again.
    var hasRoom: () -> Bool = { true }
    var onArrival: (ByteBuffer) -> Void = { _ in }
    var onEnd: () -> Void = {}
    /// The sender's buffer has got shorter or longer.
    var onBacklog: (Int) -> Void = { _ in }

    init(
        loop: SimulatedLoop,
        random: Randomness,
        latency: ClosedRange<Int>,
        cutsPercent: Int,
        count: @escaping (String) -> Void
    ) {
        self.loop = loop
        self.random = random
        self.latency = latency
        self.cutsPercent = cutsPercent
        self.count = count
    }

    func send(_ bytes: ByteBuffer) {
        guard !isDead, !isFinishing, bytes.readableBytes > 0 else { return }
        if unsent.readableBytes == 0 {
            unsent = bytes
        } else {
            unsent.writeImmutableBuffer(bytes)
        }
        onBacklog(unsent.readableBytes)
        pump()
    }

    /// Nothing leaves the sender for that long; what is under way arrives.
    func stall(for time: TimeAmount) {
        stalledUntil = max(stalledUntil, loop.now + time)
    }

    /// The sender ends: of what it has not sent yet only a part may still come, then the end.
    func finish(dropping isDropping: Bool) {
        guard !isDead, !isFinishing else { return }
        isFinishing = true
        if isDropping, unsent.readableBytes > 0 {
            let length = random.int(in: 0...unsent.readableBytes)
            if length < unsent.readableBytes { count("bytes cut off at a connection's end") }
            unsent = unsent.getSlice(at: unsent.readerIndex, length: length) ?? ByteBuffer()
        }
        pump()
    }

    /// A reset overtakes what is under way: it arrives at a moment from now until the last piece's, and what comes later is lost.
    func reset() {
        guard !isDead, !isFinishing else { return }
        isFinishing = true
        isReset = true
        unsent = ByteBuffer()
        let longest = max(0, (lastArrival - loop.now).nanoseconds / 1_000)
        loop.after(.microseconds(Int64(random.int(in: 0...Int(longest))))) { [weak self] in
            guard let self, !self.isDead else { return }
            if self.underWay > 0 { self.count("bytes under way lost by a reset") }
            self.onEnd()
        }
    }

    /// Nothing arrives any more, not even the end.
    func kill() {
        isDead = true
        unsent = ByteBuffer()
        hasRoom = { true }
        onArrival = { _ in }
        onEnd = {}
        onBacklog = { _ in }
    }

    func pump() {
        guard !isPumping, !isDead, !isReset else { return }
        guard unsent.readableBytes > 0 || isFinishing else { return }
        isPumping = true
        loop.at(max(stalledUntil, loop.now)) { [weak self] in self?.take() }
    }

    private func take() {
        isPumping = false
        guard !isDead, !isReset else { return }
        guard stalledUntil <= loop.now else { return pump() }
        guard unsent.readableBytes > 0 else {
            if isFinishing { arrive { $0.onEnd() } }
            return
        }
        guard hasRoom() else { return }
        let length =
            random.chance(cutsPercent) ? random.int(in: 1...unsent.readableBytes) : unsent.readableBytes
        guard let piece = unsent.readSlice(length: length) else { return }
        arrive { $0.onArrival(piece) }
        onBacklog(unsent.readableBytes)
        guard unsent.readableBytes > 0 || isFinishing else { return }
        isPumping = true
        loop.after(.microseconds(Int64(random.int(in: 0...200)))) { [weak self] in self?.take() }
    }

    private func arrive(_ event: @escaping (Pipe) -> Void) {
        lastArrival = max(lastArrival, loop.now + .microseconds(Int64(random.int(in: latency))))
        underWay += 1
        loop.at(lastArrival) { [weak self] in
            guard let self, !self.isDead else { return }
            self.underWay -= 1
            event(self)
        }
    }
}
