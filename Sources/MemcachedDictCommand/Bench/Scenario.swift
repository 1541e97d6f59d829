import MemcachedTooling

/// What is measured.
struct Scenario: Sendable {
    /// What a task does over and over.
    enum Work: Sendable {
        case get
        case set
        /// Nine gets, then a set.
        case mixed
        /// So many keys in one call.
        case getMany(Int)
        case setMany(Int)
        case dictionaryGet(AccountCodec)
        case dictionarySet(AccountCodec)
        /// What the dictionary does, with the client and the encoder alone.
        case clientGetAndDecode
        case clientSetAndEncode
    }

    /// How `compare` knows it.
    let name: String
    let work: Work
    let tasks: Int
    /// Of the values, in bytes.
    let size: Int
    /// How many servers; 1 stands for those that the user has named.
    let servers: Int
    /// Whether the tasks run on the connection's event loop.
    let isOnLoop: Bool

    init(
        _ name: String,
        _ work: Work,
        tasks: Int = 1,
        size: Int = 100,
        servers: Int = 1,
        isOnLoop: Bool = false
    ) {
        self.name = isOnLoop ? name + ", on the loop" : name
        self.work = work
        self.tasks = tasks
        self.size = size
        self.servers = servers
        self.isOnLoop = isOnLoop
    }

    /// How many keys a call is about.
    var keysPerCall: Int {
        switch work {
        case .getMany(let count), .setMany(let count): count
        default: 1
        }
    }
}

extension Scenario {
    /// What `compare` measures other clients with comes first, in their order: where the system lets threads run outlasts a scenario, so
    /// that those before one matter.
    static let all: [Scenario] =
        compared.flatMap { name in every.filter { $0.name == name } } + every.filter { !compared.contains($0.name) }

    private static let compared = [
        "get, 1 task, 100 B", "set, 1 task, 100 B", "get, 64 tasks, 100 B", "set, 64 tasks, 100 B",
        "get 100 keys, 1 task, 100 B", "get, 1 task, 10 kB",
    ]

    private static let every: [Scenario] = singles + batches + sizes + fleets + dictionaries

    private static let singles: [Scenario] =
        [1, 8, 64, 256].flatMap { tasks in
            [false, true].map {
                Scenario("get, \(count(tasks)), 100 B", .get, tasks: tasks, isOnLoop: $0)
            }
        } + [Scenario("get, 10,000 tasks, 100 B", .get, tasks: 10_000)]
        + [1, 64].flatMap { tasks in
            [false, true].map {
                Scenario("set, \(count(tasks)), 100 B", .set, tasks: tasks, isOnLoop: $0)
            }
        } + [Scenario("9 gets and a set, 64 tasks, 100 B", .mixed, tasks: 64)]

    private static let batches: [Scenario] = [1, 8].flatMap { tasks in
        [
            Scenario("get 100 keys, \(count(tasks)), 100 B", .getMany(100), tasks: tasks),
            Scenario("get 100 keys, \(count(tasks)), 100 B", .getMany(100), tasks: tasks, isOnLoop: true),
            Scenario("set 100 keys, \(count(tasks)), 100 B", .setMany(100), tasks: tasks),
        ]
    }

    private static let sizes: [Scenario] = [("10 kB", 10_000), ("500 kB", 500_000)].flatMap { label, size in
        [
            Scenario("get, 1 task, \(label)", .get, size: size),
            Scenario("get, 1 task, \(label)", .get, size: size, isOnLoop: true),
            Scenario("get, 8 tasks, \(label)", .get, tasks: 8, size: size),
            Scenario("set, 1 task, \(label)", .set, size: size),
        ]
    }

    private static let fleets: [Scenario] = [3, 16].flatMap { servers in
        [
            Scenario("get, 64 tasks, 100 B, \(servers) servers", .get, tasks: 64, servers: servers),
            Scenario("get 100 keys, 1 task, 100 B, \(servers) servers", .getMany(100), servers: servers),
        ]
    }

    private static let dictionaries: [Scenario] =
        AccountCodec.allCases.flatMap { codec in
            [
                Scenario("dictionary get, 8 tasks, \(codec.rawValue)", .dictionaryGet(codec), tasks: 8),
                Scenario("dictionary set, 8 tasks, \(codec.rawValue)", .dictionarySet(codec), tasks: 8),
            ]
        } + [
            Scenario("client get and JSONDecoder, 8 tasks", .clientGetAndDecode, tasks: 8),
            Scenario("client set and JSONEncoder, 8 tasks", .clientSetAndEncode, tasks: 8),
        ]

    private static func count(_ tasks: Int) -> String {
        tasks == 1 ? "1 task" : "\(tasks.grouped) tasks"
    }
}
