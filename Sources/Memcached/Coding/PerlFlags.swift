extension FlagsConvention {
    /// Perl's Cache::Memcached and Cache::Memcached::Fast. Text is marked as UTF-8 (4), which only the latter with
    /// `utf8 => 1` heeds.
    ///
    /// Compressed values are written as gzip, as those clients do.
    public static let cacheMemcached = FlagsConvention(
        FlagsTable(
            name: "Cache::Memcached",
            meanings: [0: .unmarked, 1: .perlStorable, 4: .unmarked(as: .string)],
            compressionBit: 2,
            compressed: .gzip
        ) { format in
            switch format {
            case .text, .json, .xmlPropertyList: 4
            case .integer, .double, .bool, .bytes, .binaryPropertyList: 0
            default: nil
            }
        }
    )
}
