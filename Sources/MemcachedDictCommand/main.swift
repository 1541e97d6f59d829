import Memcached
import NIOCore
let address = CommandLine.arguments[1]
try await withMemcachedClient(servers: [address]) { client in
    print(try await client.get("nope") as Any)
    let v = try await client.set("a", to: ByteBuffer(string: "hello"), flags: 7)
    print(v, try await client.get("a") as Any)
    print(try await client.compareAndSwap("a", to: ByteBuffer(string: "x"), expecting: v))
    print(try await client.compareAndSwap("a", to: ByteBuffer(string: "x"), expecting: v))
    print(try await client.increment("c", initial: 5) as Any, try await client.increment("c") as Any)
    print(await client.setMany(["k1": .init(value: ByteBuffer(string: "1")), "k2": .init(value: ByteBuffer(string: "2")), "": .init(value: ByteBuffer())]))
    print(await client.getMany(["k1", "k2", "k3", "k1"]))
    print(await client.deleteMany(["k1", "k3"]))
    print(await client.version(), await client.ping())
    print((await client.stats().count))
    let big = ByteBuffer(repeating: 65, count: 2_000_000)
    do { try await client.set("a", to: big) } catch { print(error) }
    print(try await client.append(ByteBuffer(string: "y"), to: "zz"), try await client.delete("a"))
    for tasks in [1, 64] {
        let value = ByteBuffer(repeating: 120, count: 100)
        for i in 0..<1000 { try await client.set("key:\(i)", to: value) }
        let start = ContinuousClock.now
        let n = 200_000 / (tasks == 1 ? 10 : 1)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for t in 0..<tasks { group.addTask { for i in 0..<(n / tasks) { _ = try await client.get("key:\((i + t) % 1000)") } } }
            try await group.waitForAll()
        }
        let d = ContinuousClock.now - start
        print(tasks, "tasks:", Int(Double(n) / (Double(d.components.attoseconds) / 1e18 + Double(d.components.seconds))), "gets/s")
    }
}
