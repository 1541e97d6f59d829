#if Management
/// What stands around each page's own content. Templates find it as `frame`.
struct PageFrame: Sendable {
    let title: String
    /// Sent back by each form.
    let token: String
    let places: [Place]
    let isReadOnly: Bool
    let canLogOut: Bool
    /// Whether what is looked at is the server inside this process.
    let isEmbedded: Bool
    /// A word on what has just been done; nil where nothing was.
    let notice: String?
    /// Why it couldn't be done.
    let alert: String?
    /// Where on the page that is to be seen.
    let alertPlaces: [Place]
    /// Whether a page of the embedded server leads to the settings.
    let offersConfiguring: Bool

    /// Where a link leads, as an entry of the navigation.
    struct Place: Sendable {
        let name: String
        let path: String
        var isHere = false
    }

    enum Section: String, CaseIterable, Sendable {
        case servers = "Servers"
        case keys = "Keys"
        case statistics = "Statistics"
        case configure = "Configure"

        var path: String { "/" + rawValue.lowercased() }
    }

    init(
        _ title: String,
        in section: Section?,
        context: ManagementContext,
        access: Access,
        isEmbedded: Bool = false,
        notice: String? = nil,
        alert: String? = nil,
        alertPlaces: [Place] = []
    ) {
        self.title = title
        self.isEmbedded = isEmbedded
        self.notice = notice
        self.alert = alert
        self.alertPlaces = alertPlaces
        offersConfiguring = isEmbedded && section != .configure
        token = context.session?.formToken ?? ""
        isReadOnly = access.isReadOnly
        let isInside = context.session?.isAuthenticated ?? false
        canLogOut = isInside && access.gate.lock != .open
        places =
            isInside
            ? Section.allCases.map { Place(name: $0.rawValue, path: $0.path, isHere: $0 == section) } : []
    }
}
#endif
