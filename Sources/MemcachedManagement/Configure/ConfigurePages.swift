#if Management
import HTTPTypes
import Hummingbird
import Memcached
import MemcachedTooling

/// The settings of the file that this screen, the command and running services read.
struct ConfigurePages: Sendable {
    let fleet: ManagedFleet
    let templates: Templates
    let access: Access
    let held = HeldForms()

    func add(to router: RouterGroup<ManagementContext>) {
        router.get("/configure") { request, context in
            let notices = [
                "saved": "The settings are saved", "restored": "The settings that were saved before are back",
            ]
            let done = try Form(queryOf: request)["done"].flatMap { notices[$0] }
            return try await show(context, notice: done.map { "\($0), and \(use)." })
        }
        router.post("/configure/restore") { _, context in try await restore(context) }
        router.post("/configure") { _, context in try await take(context) }
    }
}

extension ConfigurePages {
    /// What becomes of settings that are in the file.
    private var use: String {
        fleet.settings.isOverridden
            ? "used from now on, here where this screen's environment has no others" : "used from now on"
    }

    private struct Page: Sendable {
        let frame: PageFrame
        let path: String
        let isYAML: Bool
        let fingerprint: String
        let groups: [Group]
        let dictionaries: [Dictionary]
        /// Of the form as a whole.
        let formProblems: [String]
        let test: ConnectionTest?
        /// Whether the form may be saved although a server can't be reached.
        let offersSaving: Bool
    }

    private struct Group: Sendable {
        let title: String
        let about: String?
        let isOpen: Bool
        let fields: [SettingField]
    }

    private struct Dictionary: Sendable {
        let title: String
        let prefixName: String
        let prefix: String
        let prefixProblem: String?
        /// The name of the field that tells a new one; nil of one that is there.
        let newName: String?
        let fields: [SettingField]

        var problemPlaces: [PageFrame.Place] {
            (prefixProblem == nil ? [] : [PageFrame.Place(name: "\(title): Key prefix", path: "#\(prefixName)")])
                + places(of: fields, in: "\(title): ")
        }
    }

    /// The way to each field that has a problem.
    private static func places(of fields: [SettingField], in whole: String = "") -> [PageFrame.Place] {
        fields.filter { $0.fieldProblem != nil }.map {
            PageFrame.Place(name: whole + $0.title, path: "#\($0.name)")
        }
    }

    private static let groups: [(title: String, about: String, keys: [String])] = [
        ("Servers", "", ["servers"]),
        (
            "Dictionaries", "For all dictionaries of a service that say nothing else themselves.",
            ["expiration", "compressAbove", "longestKey", "largestValue"]
        ),
        ("Times", "", ["timeout", "connectTimeout", "stallTimeout", "idleCheckInterval", "shutdownTimeout"]),
        ("TLS", "", ["tls", "tlsTrustRootsFile", "tlsCertificateFile", "tlsPrivateKeyFile", "tlsServerName"]),
        (
            "Authentication",
            "For servers that were started with -S. A file that holds a password is shut to others than its owner and, where it held one "
                + "before, its group: services that read it run as one of these.",
            ["saslUser", "saslPassword", "saslMechanism", "saslAllowsPlainTextWithoutTLS"]
        ),
        (
            "Failures", "What becomes of calls to a server that can't be reached.",
            ["failurePolicy", "ejectionFailures", "ejectionTrialInterval", "initialBackoff", "maximumBackoff"]
        ),
    ]

    /// All settings, each in one group: what no other has is in the last.
    private static var allGroups: [(title: String, about: String, settings: [ClientSetting])] {
        let named = Set(groups.flatMap(\.keys))
        let rest = ClientSetting.all.filter { !named.contains($0.key) }
        return groups.map { group in
            (group.title, group.about, group.keys.compactMap { key in ClientSetting.all.first { $0.key == key } })
        } + [("Limits and others", "", rest)]
    }
}

extension ConfigurePages {
    /// The file as it is, or what was typed and couldn't be taken.
    func show(
        _ context: ManagementContext,
        typed: [String: SettingValue]? = nil,
        problems: [SettingsProblem] = [],
        test: ConnectionTest? = nil,
        offersSaving: Bool = false,
        replacesPresent: Bool = false,
        notice: String? = nil,
        alert: String? = nil,
        status: HTTPResponse.Status = .ok
    ) async throws -> Response {
        let file: SettingsFile?
        do throws(SettingsError) {
            file = try fleet.settings.file()
        } catch  where typed != nil {
            file = nil
        } catch {
            // Who has mended it meanwhile needs no page of what was wrong.
            guard let damage = fleet.settings.damage() else { return .redirect(to: "/configure") }
            let failure = status == .ok ? HTTPResponse.Status.internalServerError : status
            return try await showDamage(damage, context, alert: alert, status: failure)
        }
        let stored = file?.members ?? [:]
        let members = typed ?? stored
        var (problems, alert) = (problems, alert)
        if typed == nil {
            problems = fleet.settings.problemsInUse(of: stored)
            if alert == nil, !problems.isEmpty {
                let reader = fleet.settings.isOverridden ? ", read with this screen's environment" : ""
                alert =
                    "In the file\(reader), \(Self.wrong(problems)). What runs goes on with the settings before; what starts now can't use these."
            }
        }
        let sources = try? fleet.settings.sources()
        func field(_ setting: ClientSetting, _ members: [String: SettingValue], _ name: String) -> SettingField {
            SettingField(
                setting,
                text: SettingsForm.text(of: members[name]),
                secret: setting.isSecret
                    ? SettingField.Secret(setting, isStored: stored[name] != nil, context.form) : nil,
                isOverridden: sources?.source(of: setting) == "environment",
                problem: problems.first { $0.key == setting.key }?.message
            )
        }
        let groups = Self.allGroups.map { group in
            let fields = group.settings.map { field($0, members, $0.key) }
            let isUsed = fields.contains { !$0.value.isEmpty || $0.secret?.isStored == true || $0.fieldProblem != nil }
            return Group(
                title: group.title,
                about: group.about.isEmpty ? nil : group.about,
                isOpen: isUsed || ["Servers", "Dictionaries", "Times"].contains(group.title),
                fields: fields
            )
        }
        let shownKeys = Set(ClientSetting.all.map(\.key))
        let dictionaries = Self.dictionaries(members).enumerated().map { index, dictionary in
            Dictionary(
                title: dictionary.prefix.isEmpty ? "Another dictionary" : dictionary.prefix,
                prefixName: SettingsForm.fieldName(index, "prefix"),
                prefix: dictionary.prefix,
                prefixProblem: problems.first { $0.key == "dictionaries.\(dictionary.prefix)" }?.message,
                newName: dictionary.prefix.isEmpty ? SettingsForm.fieldName(index, "new") : nil,
                fields: ClientSetting.ofDictionary(dictionary.prefix).map { setting in
                    let name = setting.path.last ?? ""
                    return field(setting, dictionary.settings, name)
                        .named(SettingsForm.fieldName(index, name))
                }
            )
        }
        let page = Page(
            frame: await frame(
                context,
                notice: notice,
                alert: alert,
                alertPlaces: groups.flatMap { Self.places(of: $0.fields) } + dictionaries.flatMap(\.problemPlaces)
            ),
            path: fleet.settings.path,
            isYAML: SettingsFormat(path: fleet.settings.path) != .json,
            // That of the file which the form was made from, so that what others save meanwhile is noticed.
            fingerprint: (typed == nil || replacesPresent ? nil : context.form["fingerprint"]) ?? file?.fingerprint
                ?? "",
            groups: groups,
            dictionaries: dictionaries,
            formProblems: problems.filter { !shownKeys.contains($0.key) && !$0.key.hasPrefix("dictionaries.") }
                .map(\.message),
            test: test,
            offersSaving: offersSaving
        )
        return try templates.page("configure", page, status: status)
    }

    /// As in "2 settings are wrong".
    static func wrong(_ problems: [SettingsProblem]) -> String {
        (problems.count == 1 ? "one setting is" : "\(problems.count) settings are") + " wrong"
    }

    private static func dictionaries(
        _ members: [String: SettingValue]
    ) -> [(prefix: String, settings: [String: SettingValue])] {
        let dictionaries = members["dictionaries"]?.objectMembers ?? [:]
        let named = dictionaries.keys.filter { !$0.isEmpty }.sorted()
        // The new one is the last.
        return (named + [""]).map { ($0, dictionaries[$0]?.objectMembers ?? [:]) }
    }

    func frame(
        _ context: ManagementContext,
        notice: String? = nil,
        alert: String? = nil,
        alertPlaces: [PageFrame.Place] = []
    ) async -> PageFrame {
        PageFrame(
            "Configure",
            in: .configure,
            context: context,
            access: access,
            isEmbedded: await fleet.isEmbedded,
            notice: notice,
            alert: alert,
            alertPlaces: alertPlaces
        )
    }
}
#endif
