// swift-tools-version: 6.2
import PackageDescription

let package = Package(
    name: "my-service",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(
            url: "https://github.com/apple/swift-configuration.git",
            from: "1.4.0",
            traits: [.defaults, "Reloading"]
        ),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swift-memcached/swift-memcached.git", from: "1.0.0"),
    ],
    targets: [
        .executableTarget(
            name: "ExampleService",
            dependencies: [
                .product(name: "Configuration", package: "swift-configuration"),
                .product(name: "Hummingbird", package: "hummingbird"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Memcached", package: "swift-memcached"),
                .product(name: "ServiceLifecycle", package: "swift-service-lifecycle"),
            ]
        ),
        .testTarget(
            name: "ExampleServiceTests",
            dependencies: [
                "ExampleService",
                .product(name: "HummingbirdTesting", package: "hummingbird"),
                .product(name: "MemcachedTesting", package: "swift-memcached"),
            ]
        ),
    ]
)
