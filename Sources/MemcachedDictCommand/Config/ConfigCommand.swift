import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config",
        abstract: "Show the settings and where they come from, or check a file of them.",
        discussion: """
            All subcommands that talk to servers read the same settings. Of several sources the first counts: the command's options, \
            the environment (MEMCACHED_SERVERS=cache-1,cache-2, MEMCACHED_CONNECT_TIMEOUT=0.5), the file that --config names, or \
            memcached-dict/config.json (or config.yaml) in $XDG_CONFIG_HOME or ~/.config, else the first such file in the folders of \
            $XDG_CONFIG_DIRS or in /etc/xdg, and the default. The file is one object of JSON, or one mapping of YAML where its name ends so; \
            its keys are those of the library's MemcachedClient.Configuration(config:), and 'dictionaries' holds those of single \
            dictionaries by their key prefixes. A variable that is nearly a setting's, such as MEMCACHED_TIMOUT, sets nothing; each \
            subcommand says so on standard error.

              mkdir -p ~/.config/memcached-dict
              echo '{"servers": ["cache-1", "cache-2"], "timeout": 0.5}' > ~/.config/memcached-dict/config.json
              memcached-dict config show
              memcached-dict config check --config ./cache.json
            """,
        subcommands: [ConfigShowCommand.self, ConfigCheckCommand.self]
    )
}
