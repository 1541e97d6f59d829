import Subprocess

#if canImport(Darwin)
import Darwin
#elseif canImport(Musl)
import Musl
#else
import Glibc
#endif

/// The memcached that this machine has.
enum MemcachedProgram {
    static var isThere: Bool { isOnPath("memcached") }

    /// Complains where there is none, and says how to get it.
    static func check(for who: String) throws {
        guard !isThere else { return }
        throw Complaint(
            "there is no memcached on PATH, and \(who) starts its own servers",
            advice: "Install it: apt-get install memcached, dnf install memcached, or brew install memcached.",
            status: .unreachable
        )
    }

    /// How to start one on a port of 127.0.0.1.
    ///
    /// Nothing must be lost by itself: it has memory enough for all, and doesn't move items between slabs. Few connections are
    /// allowed, so that a soak can take them all.
    static func commandLine(port: Int, threads: Int?) -> (Executable, Arguments, PlatformOptions) {
        var words = [
            "-l", "127.0.0.1", "-p", "\(port)", "-m", "1024", "-c", "\(maximumConnections)", "-o", "slab_automove=0",
        ]
        if let threads { words += ["-t", "\(threads)"] }
        var options = PlatformOptions()
        // An interrupt from the terminal is for the command, which ends its servers itself.
        options.processGroupID = 0
        #if os(Linux)
        if isOnPath("setpriv") {
            // Should this process be killed, the kernel ends the servers. memcached's own -u would clear that.
            var isolation = ["--pdeathsig=KILL"]
            if getuid() == 0 { isolation += ["--reuid=65534", "--regid=65534", "--clear-groups"] }
            return (.name("setpriv"), Arguments(isolation + ["memcached"] + words), options)
        }
        #endif
        if getuid() == 0 { words += ["-u", "nobody"] }
        return (.name("memcached"), Arguments(words), options)
    }

    static let maximumConnections = 64

    private static func isOnPath(_ program: String) -> Bool {
        guard let path = getenv("PATH") else { return false }
        return String(cString: path).split(separator: ":").contains { access("\($0)/\(program)", X_OK) == 0 }
    }
}
