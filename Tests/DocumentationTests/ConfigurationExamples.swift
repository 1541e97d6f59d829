// The examples of the article on configuration, as they stand there; ExampleTests compares them.

#if Management
import Configuration
import Logging
import Memcached
import ServiceLifecycle

/// Compiled only.
private struct Reloading {
    func serve(logger: Logger) async throws {
        // CACHE_FILE_PATH=/etc/shop/cache.json and CACHE_POLL_INTERVAL_SECONDS=5 tell where the file is.
        let environment = EnvironmentVariablesProvider()
        let file = try await ReloadingFileProvider<ListedSnapshot<JSONSnapshot>>(
            config: ConfigReader(provider: environment).scoped(to: "cache"),
            logger: logger
        )
        // The first that has a setting counts.
        let config = ConfigReader(providers: [environment.prefixKeys(with: "memcached"), file])
        let client = try MemcachedClient(config: config, dictionaries: ["sessions", "pages"], logger: logger)
        try await ServiceGroup(services: [file, client], logger: logger).run()
    }

    func place(_ place: ConfigReader) async throws -> any ConfigProvider {
        let file = try await FileProvider<ListedSnapshot<JSONSnapshot>>(config: place)
        return file
    }
}

func layers(
    arguments: [String] = CommandLine.arguments,
    environment: EnvironmentVariablesProvider = EnvironmentVariablesProvider(),
    file: any ConfigProvider
) -> ConfigReader {
    // --memcached-servers cache-1,cache-2 --memcached-timeout 0.5 comes before MEMCACHED_TIMEOUT=1, and that before the file.
    let options = CommandLineArgumentsProvider(arguments: arguments)
    return ConfigReader(providers: [
        options.prefixKeys(with: "memcached"), environment.prefixKeys(with: "memcached"), file,
    ])
}
#else
import Memcached

#if Configuration
import Configuration
#endif
#endif

#if Configuration
func listed(file: any ConfigProvider) throws -> MemcachedClient.Configuration {
    // {"port": 8080, "cache": {"servers": ["cache-1:11211"], "timeout": 0.5}}
    let config = ConfigReader(provider: file).scoped(to: "cache")
    return try MemcachedClient.Configuration(config: config)
}
#endif

func settings(servers: [MemcachedServer]) -> MemcachedClient.Configuration {
    var configuration = MemcachedClient.Configuration(servers: servers)
    configuration.dictionaryDefaults.expiration = .after(.seconds(3600))
    configuration.dictionaries["sessions"] = DictionarySettings(
        expiration: .after(.seconds(600)),
        compression: .above(1_024)
    )
    return configuration
}

func slower(_ client: MemcachedClient) throws {
    var configuration = client.configuration
    configuration.timeout = .seconds(5)
    try client.apply(configuration)
}
