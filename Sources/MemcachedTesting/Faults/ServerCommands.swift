import MemcachedFraming

/// The commands that a fault is for. Each includes its quiet twin, which clients send in batches.
public struct ServerCommands: OptionSet, Sendable, Hashable {
    /// A bit for each kind of command.
    public let rawValue: UInt32

    /// A set by its bits.
    public init(rawValue: UInt32) {
        self.rawValue = rawValue
    }

    /// GET and GETK.
    public static let gets = ServerCommands(rawValue: 1 << 0)
    /// GAT and GATK, which also give an item a new expiration.
    public static let getAndTouches = ServerCommands(rawValue: 1 << 1)
    /// TOUCH.
    public static let touches = ServerCommands(rawValue: 1 << 2)
    /// SET, with a version (a compare-and-swap) or without.
    public static let sets = ServerCommands(rawValue: 1 << 3)
    /// ADD.
    public static let adds = ServerCommands(rawValue: 1 << 4)
    /// REPLACE.
    public static let replaces = ServerCommands(rawValue: 1 << 5)
    /// APPEND.
    public static let appends = ServerCommands(rawValue: 1 << 6)
    /// PREPEND.
    public static let prepends = ServerCommands(rawValue: 1 << 7)
    /// DELETE.
    public static let deletes = ServerCommands(rawValue: 1 << 8)
    /// INCREMENT.
    public static let increments = ServerCommands(rawValue: 1 << 9)
    /// DECREMENT.
    public static let decrements = ServerCommands(rawValue: 1 << 10)
    /// FLUSH.
    public static let flushes = ServerCommands(rawValue: 1 << 11)
    /// NOOP, with which clients end a batch, check a connection and begin a new one.
    public static let noops = ServerCommands(rawValue: 1 << 12)
    /// STAT.
    public static let stats = ServerCommands(rawValue: 1 << 13)
    /// VERSION.
    public static let versions = ServerCommands(rawValue: 1 << 14)
    /// SASL's commands, which this server doesn't know.
    public static let sasl = ServerCommands(rawValue: 1 << 15)

    /// What reads items: gets, also those that touch.
    public static let reads: ServerCommands = [.gets, .getAndTouches]

    /// What stores values: SET, ADD, REPLACE, APPEND and PREPEND.
    public static let stores: ServerCommands = [.sets, .adds, .replaces, .appends, .prepends]

    /// What clients begin a connection with, for the most part: NOOP, STAT, VERSION and SASL.
    public static let handshake: ServerCommands = [.noops, .stats, .versions, .sasl]

    /// All that works on items. It spares ``handshake``, so that clients can connect and are struck where they work; add that, as in
    /// `[.any, .handshake]`, to strike them there as well. No fault strikes QUIT.
    public static let any: ServerCommands = [
        .reads, .touches, .stores, .deletes, .increments, .decrements, .flushes,
    ]
}

extension ServerCommands {
    /// A command's kind; empty for QUIT and what nobody knows.
    init(_ opcode: Opcode) {
        switch opcode.loudTwin {
        case .get, .getWithKey: self = .gets
        case .getAndTouch, .getAndTouchWithKey: self = .getAndTouches
        case .touch: self = .touches
        case .set: self = .sets
        case .add: self = .adds
        case .replace: self = .replaces
        case .append: self = .appends
        case .prepend: self = .prepends
        case .delete: self = .deletes
        case .increment: self = .increments
        case .decrement: self = .decrements
        case .flush: self = .flushes
        case .noop: self = .noops
        case .stat: self = .stats
        case .version: self = .versions
        case .saslListMechanisms, .saslAuthenticate, .saslStep: self = .sasl
        default: self = []
        }
    }
}
