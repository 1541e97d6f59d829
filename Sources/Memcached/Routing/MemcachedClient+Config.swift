#if Configuration
public import Configuration
public import Logging
public import NIOCore

extension MemcachedClient {
    /// A client of the servers that `config` names, which follows its changes for as long as ``run()`` runs.
    ///
    /// With a provider that changes, such as swift-configuration's `ReloadingFileProvider`, another list of servers, another timeout,
    /// other settings of dictionaries and of connections take effect as ``apply(_:)`` does it, which tells what becomes of calls. Each
    /// change is told in the log, at the level `notice`. One that is wrong is told there once, at the level `error`, with the settings'
    /// keys and what they take; what was right before stays in force, all of it. What ``apply(_:)`` and ``setServers(_:)`` have set lasts
    /// until the next change there.
    ///
    /// - Parameters:
    ///   - config: where the settings are; ``ClientConfiguration/init(config:dictionaries:)`` tells which.
    ///   - dictionaries: the plain key prefixes of the dictionaries that have settings of their own there. Those in a ``ListedSnapshot``
    ///     are found without.
    ///   - observability: where metrics and spans go, whatever is read; the process's own by default. Its `spansShowKeys` holds where the
    ///     settings don't say.
    ///   - eventLoopGroup: where connections do their input and output; nil for the process's own.
    ///   - logger: where the client tells about connections and changes; silent by default.
    /// - Throws: ``MemcachedError`` with the code ``MemcachedError/Code/invalidArgument`` that names the wrong setting, where one is wrong
    ///   from the start.
    public init(
        config: ConfigReader,
        dictionaries: [String] = [],
        observability: ObservabilityConfiguration = ObservabilityConfiguration(),
        eventLoopGroup: (any EventLoopGroup)? = nil,
        logger: Logger? = nil
    ) throws(MemcachedError) {
        try self.init(
            config: config,
            dictionaries: dictionaries,
            observability: observability,
            environment: Self.environment(eventLoopGroup, logger)
        )
    }

    package init(
        config: ConfigReader,
        dictionaries: [String],
        observability: ObservabilityConfiguration = ObservabilityConfiguration(),
        environment: ClientEnvironment
    ) throws(MemcachedError) {
        let showsKeys = observability.spansShowKeys
        let (first, problems) = ClientConfiguration.read(config.snapshot(), dictionaries, spansShowKeys: showsKeys)
        if let problem = problems.first { throw problem.error }
        var configuration = first
        configuration.observability = observability
        configuration.observability.spansShowKeys = first.observability.spansShowKeys
        let cluster = try Cluster(configuration: configuration, environment: environment) { cluster in
            await cluster.follow(config, dictionaries, spansShowKeys: showsKeys, since: first)
        }
        self.init(cluster: cluster)
    }
}

/// Calls `body` with a client whose configuration is read from `config` and followed, and shuts it down after.
///
/// - Parameters:
///   - config: where the settings are.
///   - dictionaries: the plain key prefixes of the dictionaries that have settings of their own there. Those in a ``ListedSnapshot`` are
///     found without.
///   - observability: where metrics and spans go, whatever is read; the process's own by default. Its `spansShowKeys` holds where the
///     settings don't say.
///   - eventLoopGroup: where connections do their input and output; nil for the process's own.
///   - logger: where the client tells about connections and changes; silent by default.
///   - body: what to do with the client.
/// - Throws: ``MemcachedError`` where a setting is wrong from the start, and what `body` throws.
public func withMemcachedClient<Result>(
    config: ConfigReader,
    dictionaries: [String] = [],
    observability: ObservabilityConfiguration = ObservabilityConfiguration(),
    eventLoopGroup: (any EventLoopGroup)? = nil,
    logger: Logger? = nil,
    _ body: (MemcachedClient) async throws -> Result
) async throws -> Result {
    let client = try MemcachedClient(
        config: config,
        dictionaries: dictionaries,
        observability: observability,
        eventLoopGroup: eventLoopGroup,
        logger: logger
    )
    return try await withRunning(client, body)
}

extension Cluster {
    /// Applies each change until the task is cancelled, or the provider has no more of them.
    ///
    /// - Parameters:
    ///   - spansShowKeys: where the settings don't say.
    ///   - first: what was read before. What is read again is applied only where it differs from that, so that it doesn't undo what the
    ///     service itself has changed meanwhile.
    fileprivate func follow(
        _ config: ConfigReader,
        _ dictionaries: [String],
        spansShowKeys: Bool,
        since first: ClientConfiguration
    ) async {
        // Nothing in here throws but the provider; then there is nothing more to follow.
        do {
            try await config.watchSnapshot { snapshots in
                var last = first
                var told: [SettingsProblem] = []
                for await snapshot in snapshots {
                    let (configuration, problems) = ClientConfiguration.read(
                        snapshot,
                        dictionaries,
                        spansShowKeys: spansShowKeys
                    )
                    // A provider may show the same snapshot again.
                    if problems != told { tell(problems) }
                    told = problems
                    guard problems.isEmpty, configuration != last else { continue }
                    last = configuration
                    // There is no other reason to refuse it than that the client has been shut down.
                    try? apply(configuration)
                }
            }
        } catch {
            guard !Task.isCancelled else { return }
            logger.error("the configuration can't be followed any more; what was read last stays in force")
        }
    }

    private func tell(_ problems: [SettingsProblem]) {
        guard !problems.isEmpty else { return }
        logger.error(
            "the changed configuration is wrong; what was read before stays in force",
            metadata: ["problems": .array(problems.map { "\($0.message)" })]
        )
    }
}
#endif
