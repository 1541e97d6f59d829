/// Results couldn't be written, for a reason such as a full disk.
struct OutputFailure: Error {
    let reason: String
}
