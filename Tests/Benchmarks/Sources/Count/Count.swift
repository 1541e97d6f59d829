import Dispatch
import Memcached

#if canImport(Glibc)
import Glibc
#elseif canImport(Musl)
import Musl
#else
import Darwin
#endif

/// Runs one part as often as it is told, for `.ci/counts`, which counts what that takes.
@main
enum Count {
    /// Not asynchronous: an asynchronous one ends the main thread, which callgrind doesn't survive.
    static func main() {
        let arguments = CommandLine.arguments
        guard arguments.count == 3, let count = Int(arguments[2]),
            let part = Part.all.first(where: { $0.name == arguments[1] })
        else {
            print("usage: Count NAME COUNT, the name one of:")
            for part in Part.all { print("    \(part.name)") }
            exit(64)
        }
        let done = DispatchSemaphore(value: 0)
        Task.detached {
            do {
                try await part.run(count)
            } catch {
                print(error)
                exit(1)
            }
            done.signal()
        }
        done.wait()
    }
}
