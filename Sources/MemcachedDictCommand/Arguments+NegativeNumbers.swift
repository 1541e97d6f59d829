extension [String] {
    /// The same arguments, but KEY and VALUE after a `--` where one of them is a negative number: the parser would take that for an
    /// option.
    ///
    /// Both move, in their order, so that neither takes the other's place, and what stands after an option stays there. Where this
    /// misjudges what is an option's, there are more than two left for the parser, which then refuses them all.
    var takingNegativeNumbers: [String] {
        guard let command = first, Self.commandsWithValue.contains(command), !contains("--") else { return self }
        var (options, values) = ([String](), [String]())
        var rest = dropFirst()
        while let argument = rest.popFirst() {
            guard argument.hasPrefix("-"), argument != "-", !argument.isNegativeNumber else {
                values.append(argument)
                continue
            }
            options.append(argument)
            let standsAlone = !argument.hasPrefix("--") || argument.contains("=") || Self.flags.contains(argument)
            if !standsAlone, let value = rest.popFirst() { options.append(value) }
        }
        guard values.count == 2, values.contains(where: \.isNegativeNumber) else { return self }
        return [command] + options + ["--"] + values
    }

    /// The subcommands that take KEY and VALUE.
    private static let commandsWithValue: Set = ["set", "add", "replace", "cas", "append", "prepend"]
    /// Their options that take nothing.
    private static let flags: Set = ["--json", "--tls", "--allow-plain-text", "--help"]
}

extension String {
    fileprivate var isNegativeNumber: Bool {
        hasPrefix("-") && Double(self) != nil && contains(where: \.isNumber)
    }
}
