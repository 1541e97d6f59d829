#if Management
import Hummingbird

/// A form that isn't taken, so that the page which says why gives back what somebody has written.
struct RefusedForm: Error {
    let reason: HTTPError
    let form: Form

    init(_ reason: HTTPError, _ form: Form) {
        self.reason = reason
        self.form = form
    }
}
#endif
