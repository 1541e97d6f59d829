#if os(Linux)
import Foundation
import NIOCore

@testable import MemcachedDictCommand

/// Listens, and accepts nobody: its backlog is full, so that whoever connects waits for as long as it likes.
enum UnacceptingServer {
    /// Calls `body` with the server's address.
    static func withServer<Outcome>(
        isolation: isolated (any Actor)? = #isolation,
        _ body: (String) async throws -> Outcome
    ) async throws -> Outcome {
        let place = try MemcachedPlace.freePort()
        guard case .port(let port) = place else { throw MemcachedFailure("no port") }
        defer { place.release() }
        guard listen(port.reservation, 0) == 0 else {
            throw MemcachedFailure("listen: \(String(cString: strerror(errno)))")
        }
        var crowd: [CInt] = []
        defer { for descriptor in crowd { close(descriptor) } }
        for _ in 0..<4 {
            let descriptor = socket(AF_INET, CInt(SOCK_STREAM.rawValue) | CInt(SOCK_NONBLOCK.rawValue), 0)
            crowd.append(descriptor)
            _ = try place.socketAddress.withSockAddr { connect(descriptor, $0, socklen_t($1)) }
        }
        return try await body(place.description)
    }
}
#endif
