import ArgumentParser
import Memcached

/// When what is stored ends.
struct ExpirationOption: ParsableArguments {
    @Option(help: ExpirationArgument.help)
    var expiration: ExpirationArgument?

    var value: Expiration { expiration?.expiration ?? .never }
}
