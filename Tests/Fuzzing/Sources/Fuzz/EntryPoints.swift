import NIOCore

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// The target that the environment names. Its corpus is written, and nothing else is done, where that is asked for.
@_cdecl("LLVMFuzzerInitialize")
public func initializeFuzzer(
    _ argumentCount: UnsafeMutablePointer<CInt>,
    _ arguments: UnsafeMutablePointer<UnsafeMutablePointer<UnsafeMutablePointer<CChar>>>
) -> CInt {
    guard let folder = environment("FUZZ_SEEDS") else { return 0 }
    do {
        try Seeds.write(for: target, to: folder)
        exit(0)
    } catch {
        fatalError("the seed corpus can't be written: \(error)")
    }
}

/// One input to the target.
@_cdecl("LLVMFuzzerTestOneInput")
public func testOneInput(_ start: UnsafePointer<UInt8>, _ count: Int) -> CInt {
    // A copy of just that size, so that the address sanitizer sees who reads past its end.
    target.run(FuzzInput(ByteBuffer(bytes: UnsafeBufferPointer(start: start, count: count))))
    return 0
}

private let target: FuzzTarget = {
    let name = environment("FUZZ_TARGET") ?? ""
    guard let target = FuzzTarget.all.first(where: { $0.name == name }) else {
        fatalError("FUZZ_TARGET is '\(name)'; it must be one of \(FuzzTarget.all.map(\.name).joined(separator: ", "))")
    }
    return target
}()

private func environment(_ name: String) -> String? {
    getenv(name).map { String(cString: $0) }
}
