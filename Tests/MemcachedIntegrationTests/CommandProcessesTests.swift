import Memcached
import TestSupport
import Testing

@Suite("Two processes, one key", .fewAtATime, .needsMemcached, .timeLimit(.minutes(60)))
struct CommandProcessesTests {
    @Test("Two processes that update one value through a dictionary lose no update")
    func dictionary() async throws {
        try await MemcachedProcess.withMemcached { process in
            let address = process.address
            try await withMemcachedClient(configuration: .forTests([address])) { client in
                let visitors = MemcachedDict<Visitor>(client, keyPrefix: "visitors", codec: .json())
                try await visitors.store(Visitor(name: "Ada"), forKey: "ada")
                async let one: Void = update(address)
                async let other: Void = update(address)
                _ = await (one, other)
                #expect(try await visitors["ada"] == Visitor(name: "Ada", visits: 1_000))
            }
        }
    }

    /// 500 updates in a process of its own.
    private func update(_ address: String) async {
        await #expect(processExitsWith: .success) { [address] in
            try await withMemcachedClient(configuration: .forTests([address])) { client in
                let visitors = MemcachedDict<Visitor>(client, keyPrefix: "visitors", codec: .json())
                for _ in 0..<500 {
                    try await visitors.update(forKey: "ada") { $0.visits += 1 }
                }
            }
        }
    }

    @Test("Two shell loops that hand versions from 'get --json' to 'cas' lose no update")
    func shellLoops() async throws {
        // Reads, adds 1 and swaps, until that was done 12 times; a status that is neither 0 nor a conflict ends it.
        let loop = #"""
            done=0
            while [ $done -lt 12 ]; do
              item=$("$0" get --json n --server "$1") || exit 8
              value=$(echo "$item" | sed 's/.*"value":"\([0-9]*\)".*/\1/')
              version=$(echo "$item" | sed 's/.*"version":"\([0-9]*\)".*/\1/')
              "$0" cas n $((value + 1)) --codec integer --version $version --server "$1" > /dev/null 2>&1
              case $? in
                0) done=$((done + 1)) ;;
                3) echo conflict ;;
                *) exit 9 ;;
              esac
            done
            """#
        try await MemcachedProcess.withMemcached { (process) async throws in
            #expect(
                try await memcachedDict(["set", "n", "0", "--codec", "integer", "--server", process.address]).status
                    == 0
            )
            async let one = shell(loop, process.address)
            async let other = shell(loop, process.address)
            #expect(try await (one.status, other.status) == (0, 0))
            #expect(try await memcachedDict(["get", "n", "--server", process.address]).output == "24\n")
        }
    }
}
