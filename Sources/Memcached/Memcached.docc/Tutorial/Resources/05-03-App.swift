import Configuration
import Hummingbird
import Logging
import Memcached
import ServiceLifecycle

/// Sessions, rendered pages and counters, in memcached.
@main struct App {
    static func main() async throws {
        let environment = EnvironmentVariablesProvider()
        let http = ConfigReader(provider: environment).scoped(to: "http")
        let logger = Logger(label: "service")
        let settings = try await CacheSettings(environment, logger)
        let client = try MemcachedClient(config: settings.config, dictionaries: ["sessions", "pages"], logger: logger)
        let application = makeApplication(client, settings.services, ApplicationConfiguration(reader: http), logger)
        try await application.runService()
    }
}

/// The cache's settings: `MEMCACHED_SERVERS` and its like, before a file that the first argument or `MEMCACHED_CONFIG` names. What is
/// saved there takes effect within two seconds, and no request fails for it.
struct CacheSettings {
    let config: ConfigReader
    /// What looks at the file again and again.
    let services: [any Service]

    init(_ environment: EnvironmentVariablesProvider, _ logger: Logger) async throws {
        let provider = environment.prefixKeys(with: "memcached")
        let variables = ConfigReader(provider: provider)
        guard let path = CommandLine.arguments.dropFirst().first ?? variables.string(forKey: "config") else {
            (config, services) = (variables, [])
            return
        }
        let place = InMemoryProvider(values: [
            "filePath": ConfigValue(.string(path), isSecret: false),
            "pollIntervalSeconds": ConfigValue(.int(2), isSecret: false),
        ])
        let file = try await ReloadingFileProvider<ListedSnapshot<JSONSnapshot>>(
            config: ConfigReader(provider: place),
            logger: logger
        )
        (config, services) = (ConfigReader(providers: [provider, file]), [file])
    }
}

/// The application runs the client, too. When it is told to end, it first answers the requests that it has; then the client ends.
func makeApplication(
    _ client: MemcachedClient,
    _ services: [any Service] = [],
    _ configuration: ApplicationConfiguration = ApplicationConfiguration(),
    _ logger: Logger = Logger(label: "service")
) -> some ApplicationProtocol {
    let router = Router()
    router.get("health") { _, _ in
        await client.timeout(.seconds(1)).ping().reduce(into: [String: String]()) { states, server in
            states["\(server.key)"] = (try? server.value.get()) == nil ? "unreachable" : "up"
        }
    }
    Sessions(client).addRoutes(to: router)
    Pages(client).addRoutes(to: router)
    Counters(client).addRoutes(to: router)
    return Application(router: router, configuration: configuration, services: services + [client], logger: logger)
}
