import Configuration
import Hummingbird
import Logging
import Memcached

/// Sessions, rendered pages and counters, in memcached.
@main struct App {
    static func main() async throws {
        let environment = EnvironmentVariablesProvider()
        let http = ConfigReader(provider: environment).scoped(to: "http")
        let logger = Logger(label: "service")
        let cache = try await ClientConfiguration(config: cacheSettings(environment))
        let client = try MemcachedClient(configuration: cache, logger: logger)
        let application = makeApplication(client, ApplicationConfiguration(reader: http), logger)
        try await application.runService()
    }
}

/// The cache's settings: `MEMCACHED_SERVERS` and its like, before a file that the first argument or `MEMCACHED_CONFIG` names.
func cacheSettings(_ environment: EnvironmentVariablesProvider) async throws -> ConfigReader {
    let variables = ConfigReader(provider: environment.prefixKeys(with: "memcached"))
    guard let path = CommandLine.arguments.dropFirst().first ?? variables.string(forKey: "config") else {
        return variables
    }
    let place = ConfigReader(
        provider: InMemoryProvider(values: ["filePath": ConfigValue(.string(path), isSecret: false)])
    )
    let file = try await FileProvider<JSONSnapshot>(config: place)
    return ConfigReader(providers: [environment.prefixKeys(with: "memcached"), file])
}

/// The application runs the client, too. When it is told to end, it first answers the requests that it has; then the client ends.
func makeApplication(
    _ client: MemcachedClient,
    _ configuration: ApplicationConfiguration = ApplicationConfiguration(),
    _ logger: Logger = Logger(label: "service")
) -> some ApplicationProtocol {
    let router = Router()
    router.add(middleware: CacheErrors())
    router.get("health") { _, _ in
        await client.timeout(.seconds(1)).ping().reduce(into: [String: String]()) { states, server in
            states["\(server.key)"] = (try? server.value.get()) == nil ? "unreachable" : "up"
        }
    }
    Sessions(client).addRoutes(to: router)
    Pages(client).addRoutes(to: router)
    Counters(client).addRoutes(to: router)
    return Application(router: router, configuration: configuration, services: [client], logger: logger)
}
