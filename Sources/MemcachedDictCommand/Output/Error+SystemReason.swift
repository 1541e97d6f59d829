import Foundation

extension Error {
    /// Why a file can't be read or written, as the system says it; else as Foundation does.
    var systemReason: String {
        // On Linux it is no NSError yet.
        let underlying = (self as NSError).userInfo[NSUnderlyingErrorKey] as? any Error
        guard let code = ((underlying ?? self) as NSError).posixCode else { return localizedDescription }
        return String(cString: strerror(code))
    }
}

extension NSError {
    fileprivate var posixCode: CInt? { domain == NSPOSIXErrorDomain ? CInt(code) : nil }
}
