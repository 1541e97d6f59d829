// swift-tools-version: 6.2
import PackageDescription

let settings: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
]

// The examples are built as the packages of their readers are.
let exampleSettings: [SwiftSetting] = [.treatAllWarnings(as: .error)]

// A dependency is a folder of checkouts, or of a registry's downloads, or the root of a repository that is only being looked at for its
// versions.
let folder = Context.packageDirectory
let isDependency =
    folder == "/" || folder.split(separator: "/").dropLast().last == "checkouts"
    || folder.contains("/registry/downloads/")
let traits: Set<String> = ["TLS", "Configuration", "ServiceLifecycle"]
// What only this package's own programs need: a package that depends on this one neither fetches nor builds it.
let programTraits: Set<String> = isDependency ? [] : ["Management", "YAML"]

let package = Package(
    name: "swift-memcached",
    platforms: [.macOS(.v15), .iOS(.v18), .tvOS(.v18), .watchOS(.v11), .visionOS(.v2)],
    products: [
        .library(name: "Memcached", targets: ["Memcached"]),
        .library(name: "MemcachedTesting", targets: ["MemcachedTesting"]),
        .executable(name: "memcached-dict", targets: ["MemcachedDictCommand"]),
        .executable(name: "memcached-manage", targets: ["MemcachedManagement"]),
    ],
    traits: [
        .trait(name: "TLS", description: "Connections over TLS, by swift-nio-ssl."),
        .trait(name: "Configuration", description: "Settings read from a swift-configuration ConfigReader."),
        .trait(name: "ServiceLifecycle", description: "MemcachedClient as a swift-service-lifecycle Service."),
        .trait(
            name: "Management",
            description: "The management screen, memcached-manage; brings Hummingbird.",
            enabledTraits: traits
        ),
        .trait(
            name: "YAML",
            description:
                "Configuration files in YAML for memcached-dict and memcached-manage, and as ListedSnapshot; brings Yams.",
            enabledTraits: ["Configuration"]
        ),
        .default(enabledTraits: traits.union(programTraits)),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-nio.git", from: "2.101.0"),
        .package(url: "https://github.com/apple/swift-nio-ssl.git", from: "2.37.0"),
        .package(url: "https://github.com/apple/swift-nio-transport-services.git", from: "1.28.0"),
        .package(url: "https://github.com/apple/swift-collections.git", from: "1.6.0"),
        .package(url: "https://github.com/apple/swift-crypto.git", from: "4.5.0"),
        .package(url: "https://github.com/apple/swift-log.git", from: "1.16.0"),
        .package(url: "https://github.com/apple/swift-metrics.git", from: "2.13.0"),
        .package(url: "https://github.com/apple/swift-distributed-tracing.git", from: "1.7.0"),
        .package(
            url: "https://github.com/apple/swift-configuration.git",
            from: "1.4.0",
            traits: [
                .defaults,
                .trait(name: "CommandLineArguments", condition: .when(traits: ["Management"])),
                .trait(name: "Reloading", condition: .when(traits: ["Management"])),
                .trait(name: "YAML", condition: .when(traits: ["YAML"])),
            ]
        ),
        .package(url: "https://github.com/apple/swift-argument-parser.git", from: "1.8.0"),
        .package(url: "https://github.com/swift-server/swift-service-lifecycle.git", from: "2.13.0"),
        .package(url: "https://github.com/swiftlang/swift-subprocess.git", from: "1.0.0"),
        .package(url: "https://github.com/HdrHistogram/hdrhistogram-swift.git", from: "0.2.0"),
        .package(url: "https://github.com/hummingbird-project/hummingbird.git", from: "2.28.0"),
        .package(url: "https://github.com/hummingbird-project/swift-mustache.git", from: "2.1.0"),
        .package(url: "https://github.com/jpsim/Yams.git", from: "6.2.0"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin.git", from: "1.5.0"),
    ],
    targets: [
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"]), .brew(["zlib"])]),
        .target(
            name: "MemcachedFraming",
            dependencies: [.product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings
        ),
        .target(
            name: "Memcached",
            dependencies: [
                "CZlib",
                "MemcachedFraming",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(
                    name: "NIOTransportServices",
                    package: "swift-nio-transport-services",
                    condition: .when(platforms: [.macOS, .iOS, .tvOS, .watchOS, .visionOS])
                ),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(name: "NIOTLS", package: "swift-nio", condition: .when(traits: ["TLS"])),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "HeapModule", package: "swift-collections"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["YAML"])),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MemcachedTesting",
            dependencies: [
                "MemcachedFraming",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MemcachedDoctor",
            dependencies: [
                "Memcached",
                "MemcachedFraming",
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MemcachedTooling",
            dependencies: [
                "Memcached",
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Yams", package: "Yams", condition: .when(traits: ["YAML"])),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "MemcachedManagement",
            dependencies: [
                "Memcached",
                "MemcachedDoctor",
                "MemcachedFraming",
                "MemcachedTesting",
                "MemcachedTooling",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "CryptoExtras", package: "swift-crypto"),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "HummingbirdTLS", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "Mustache", package: "swift-mustache", condition: .when(traits: ["Management"])),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ],
            resources: [.embedInCode("Assets"), .embedInCode("Templates")],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "MemcachedDictCommand",
            dependencies: [
                "Memcached",
                "MemcachedDoctor",
                "MemcachedTesting",
                "MemcachedTooling",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "Histogram", package: "hdrhistogram-swift"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
            ],
            swiftSettings: settings
        ),
        .target(
            name: "MemcachedSimulation",
            dependencies: [
                "Memcached",
                "MemcachedFraming",
                "MemcachedTesting",
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOCore", package: "swift-nio"),
            ],
            path: "Tests/MemcachedSimulation",
            exclude: ["Mutations"],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "memcached-simulate",
            dependencies: [
                "MemcachedSimulation",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ],
            path: "Tests/MemcachedSimulate",
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedSimulationTests",
            dependencies: [
                "TestSupport",
                "Memcached",
                "MemcachedFraming",
                "MemcachedSimulation",
            ],
            swiftSettings: settings
        ),
        .target(name: "TestSupport", path: "Tests/TestSupport", swiftSettings: settings),
        .testTarget(
            name: "MemcachedFramingTests",
            dependencies: ["MemcachedFraming", "TestSupport", .product(name: "NIOCore", package: "swift-nio")],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedTests",
            dependencies: [
                "TestSupport",
                "CZlib",
                "Memcached",
                "MemcachedFraming",
                "MemcachedTesting",
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "DequeModule", package: "swift-collections"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedTestingTests",
            dependencies: [
                "TestSupport",
                "MemcachedFraming",
                "MemcachedTesting",
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedDoctorTests",
            dependencies: ["TestSupport", "Memcached", "MemcachedDoctor"],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedToolingTests",
            dependencies: [
                "TestSupport", "Memcached", "MemcachedTooling", .product(name: "NIOCore", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedManagementTests",
            dependencies: [
                "TestSupport",
                "Memcached",
                "MemcachedManagement",
                "MemcachedTesting",
                "MemcachedTooling",
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "HummingbirdCore", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOEmbedded", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
            ],
            swiftSettings: settings
        ),
        .testTarget(
            name: "MemcachedIntegrationTests",
            dependencies: [
                "TestSupport",
                "Memcached",
                "MemcachedDictCommand",
                "MemcachedDoctor",
                "MemcachedFraming",
                "MemcachedTesting",
                "MemcachedTooling",
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(name: "Crypto", package: "swift-crypto"),
                .product(name: "InMemoryLogging", package: "swift-log"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(name: "NIOPosix", package: "swift-nio"),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "NIOSSL", package: "swift-nio-ssl", condition: .when(traits: ["TLS"])),
            ],
            swiftSettings: settings
        ),
        .executableTarget(
            name: "ExampleService",
            dependencies: [
                "Memcached",
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "Logging", package: "swift-log"),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
            ],
            path: "Sources/Examples/Service",
            swiftSettings: exampleSettings
        ),
        .executableTarget(
            name: "ExampleScript",
            dependencies: ["Memcached"],
            path: "Sources/Examples/Script",
            swiftSettings: exampleSettings
        ),
        .testTarget(
            name: "ExampleTests",
            dependencies: [
                "ExampleScript",
                "ExampleService",
                "TestSupport",
                "Memcached",
                "MemcachedTesting",
                .product(name: "Hummingbird", package: "hummingbird", condition: .when(traits: ["Management"])),
                .product(name: "HummingbirdTesting", package: "hummingbird", condition: .when(traits: ["Management"])),
            ],
            path: "Sources/Examples/Test",
            swiftSettings: exampleSettings
        ),
        .testTarget(
            name: "DocumentationTests",
            dependencies: [
                "ExampleService",
                "TestSupport",
                "Memcached",
                "MemcachedDictCommand",
                "MemcachedDoctor",
                "MemcachedManagement",
                "MemcachedTesting",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
                .product(
                    name: "Configuration",
                    package: "swift-configuration",
                    condition: .when(traits: ["Configuration"])
                ),
                .product(name: "InMemoryTracing", package: "swift-distributed-tracing"),
                .product(name: "Logging", package: "swift-log"),
                .product(name: "Metrics", package: "swift-metrics"),
                .product(name: "MetricsTestKit", package: "swift-metrics"),
                .product(name: "NIOConcurrencyHelpers", package: "swift-nio"),
                .product(name: "NIOCore", package: "swift-nio"),
                .product(
                    name: "ServiceLifecycle",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
                .product(
                    name: "UnixSignals",
                    package: "swift-service-lifecycle",
                    condition: .when(traits: ["ServiceLifecycle"])
                ),
                .product(name: "Subprocess", package: "swift-subprocess"),
                .product(name: "Tracing", package: "swift-distributed-tracing"),
            ],
            swiftSettings: settings
        ),
    ],
    swiftLanguageModes: [.v6]
)
