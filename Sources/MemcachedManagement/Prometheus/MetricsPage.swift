#if Management
import Crypto
import Foundation
import HTTPTypes
import Hummingbird
import Logging
import NIOConcurrencyHelpers
import NIOCore

/// What the screen's own client measures, as Prometheus collects it.
struct MetricsPage: Sendable {
    let registry: PrometheusRegistry
    let gate: PasswordGate
    /// What has been checked already, and against what: a collector comes every few seconds, and a check takes half a second.
    private let known = NIOLockedValueBox<(digest: SHA256.Digest, hash: PasswordHash)?>(nil)

    init(registry: PrometheusRegistry, gate: PasswordGate) {
        self.registry = registry
        self.gate = gate
    }

    func add(to router: Router<ManagementContext>) {
        router.get("/metrics") { request, context in
            guard try await isAllowed(request, context.logger) else {
                return Response(
                    status: .unauthorized,
                    headers: [.wwwAuthenticate: "Basic realm=\"memcached-manage\", charset=\"UTF-8\""]
                )
            }
            return Response(
                status: .ok,
                headers: [.contentType: PrometheusRegistry.contentType],
                body: ResponseBody(byteBuffer: ByteBuffer(string: registry.text()))
            )
        }
    }

    /// By the screen's password, whatever the user's name is.
    private func isAllowed(_ request: Request, _ logger: Logger) async throws -> Bool {
        guard case .password(let hash) = gate.lock else { return true }
        guard let header = request.headers[.authorization], let password = Self.password(in: header) else {
            return false
        }
        let digest = SHA256.hash(data: Data(password.utf8))
        if known.withLockedValue({ $0.map { $0 == (digest, hash) } ?? false }) { return true }
        guard try await gate.matches(password, hash, logger) else { return false }
        known.withLockedValue { $0 = (digest, hash) }
        return true
    }

    static func password(in header: String) -> String? {
        let parts = header.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, parts[0].lowercased() == "basic", let data = Data(base64Encoded: String(parts[1])),
            let pair = String(validating: data, as: UTF8.self), let colon = pair.firstIndex(of: ":")
        else { return nil }
        return String(pair[pair.index(after: colon)...])
    }
}
#endif
