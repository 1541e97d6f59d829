import ArgumentParser

struct OutputOptions: ParsableArguments {
    @Flag(help: "Print JSON, one object on a line.")
    var json = false
}
