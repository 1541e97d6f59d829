import Memcached
import NIOCore

extension FuzzTarget {
    /// A server as a person writes it: an error, or an address that is written as it is read.
    static let addresses = FuzzTarget(name: "addresses") { _ in
        [
            "cache-1", "cache-1:11211=3", "[::1]:11211", "[fe80::1%eth0]:1=1000000", "::1", "unix:/tmp/a=b",
            "unix:/a=2",
            "10.0.0.1:65535", "a:0", "=1", "[::1", "[]", "unix:", "a:b:c", "a=01", "\u{6DD}", "unix:\u{301}=1",
        ].map { Array($0.utf8) }
    } run: { input in
        var input = input
        let text = String(buffer: input.rest())
        do throws(MemcachedError) {
            let server = try MemcachedServer(text)
            do throws(MemcachedError) {
                demand(try MemcachedServer("\(server)") == server, "\(server) is written as it is read")
            } catch {
                fatalError("broken: \(server) is not read again: \(error)")
            }
        } catch {
            demand(error.code == .invalidArgument, "\(error)")
        }
    }
}
