#if Management
import Hummingbird

/// What a request carries through the screen.
struct ManagementContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The browser's; nil of what needs none, such as a style sheet.
    var session: BrowserSession?
    /// What a POST has brought.
    var form = Form()

    init(source: Source) {
        coreContext = .init(source: source)
    }
}
#endif
