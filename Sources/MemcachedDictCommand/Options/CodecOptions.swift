import ArgumentParser
import Memcached
import MemcachedTooling
import NIOCore

/// How values become bytes.
struct CodecOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "The values' codec. (default: json to store, what an item says of itself to read)",
            valueName: "codec"
        )
    )
    var codec: CodecChoice?

    @Option(
        help: ArgumentHelp(
            "Compress values of more than BYTES with zlib, where that makes them smaller.",
            valueName: "bytes"
        )
    )
    var compressAbove: Int?

    func validate() throws {
        if let compressAbove, compressAbove < 0 {
            throw ValidationError("--compress-above takes a number of bytes, 0 or more; it is \(compressAbove).")
        }
    }

    /// What is asked for here comes before what is configured for the dictionary.
    func configure(_ configuration: inout MemcachedClient.Configuration, of prefix: String?) {
        guard let compressAbove, let prefix else { return }
        configuration.dictionaries[prefix]?.compression = .above(compressAbove)
    }

    /// What checks and encodes the input of a command that stores.
    var storing: any ValueCodec<ByteBuffer> {
        let codec = DocumentCodec(choice: codec ?? .json)
        return if let compressAbove { codec.compressed(above: compressAbove) } else { codec }
    }
}

extension CodecChoice: ExpressibleByArgument {}
