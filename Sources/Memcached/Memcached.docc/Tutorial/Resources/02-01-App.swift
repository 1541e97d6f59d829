import Configuration
import Hummingbird
import Logging
import Memcached

@main struct App {
    static func main() async throws {
        let environment = EnvironmentVariablesProvider()
        let variables = ConfigReader(provider: environment.prefixKeys(with: "memcached"))
        let logger = Logger(label: "service")
        let client = try MemcachedClient(configuration: ClientConfiguration(config: variables), logger: logger)
        let application = makeApplication(client, logger)
        try await application.runService()
    }
}

func makeApplication(_ client: MemcachedClient, _ logger: Logger) -> some ApplicationProtocol {
    let router = Router()
    router.get("health") { _, _ in "up" }
    return Application(router: router, logger: logger)
}
