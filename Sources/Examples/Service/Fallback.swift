#if !Management
/// What is built without Hummingbird.
@main struct Fallback {
    static func main() {
        print(
            "This example needs Hummingbird: build it with the package's trait Management, which is a default one here."
        )
    }
}
#endif
