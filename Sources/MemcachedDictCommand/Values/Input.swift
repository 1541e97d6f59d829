import ArgumentParser
import Foundation
import NIOCore

/// A VALUE of the command line, or `-` for standard input.
struct Input: ExpressibleByArgument {
    private let argument: String

    init(argument: String) {
        self.argument = argument
    }

    func read() throws -> ByteBuffer {
        guard argument == "-" else { return ByteBuffer(string: argument) }
        do {
            return ByteBuffer(bytes: try FileHandle.standardInput.readToEnd() ?? Data())
        } catch {
            throw Complaint("standard input can't be read: \(error.systemReason)", status: .refusedInput)
        }
    }

    static let help = ArgumentHelp("The value, or '-' to read it from standard input.")
}
