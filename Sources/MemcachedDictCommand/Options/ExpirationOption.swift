import ArgumentParser

/// When what is stored ends.
struct ExpirationOption: ParsableArguments {
    @Option(help: ExpirationArgument.help)
    var expiration: ExpirationArgument?
}
