#if Management
import HTTPTypes
import Hummingbird
import Memcached
import MemcachedTooling
import NIOCore

extension KeysPages {
    static let lifetimeHelp =
        "A lifetime is a number of seconds from 0 to \(Expiration.longestLifetime.grouped), or as 15m, 12h, 30d; 0 or 'never' for no end."

    /// Stores what was edited, unless somebody else has stored since the page was made.
    func save(_ context: ManagementContext) async throws -> Response {
        var context = context
        let answer = try held.answer(to: &context)
        let ticket = try ticket(context)
        let name = ticket.name
        let sent = FormText.withPlainLineEnds(context.form["value"] ?? "")
        let lifetime = context.form.trimmed("lifetime")
        var typed = Typed(
            value: sent,
            lifetime: lifetime,
            codec: CodecChoice(rawValue: context.form["codec"] ?? "") ?? .json
        )
        let expiration = lifetime.isEmpty ? Expiration.never : Expiration(lifetime: lifetime)
        if expiration == nil { typed.lifetimeProblem = Self.lifetimeHelp }
        typed.isHex = ticket.form?.isHex ?? (typed.codec == .bytes)
        var stored: (flags: UInt32, bytes: ByteBuffer)?
        do {
            stored = try ticket.form?.stored(sent) ?? Self.first(sent, typed.codec)
        } catch {
            typed.valueProblem = Self.words(forValue: error)
        }
        if let size = stored?.bytes.readableBytes, let problem = await sizeProblem(of: size, name) {
            stored = nil
            typed.valueProblem = problem
        }
        guard let stored, let expiration, answer != .no else {
            return try await show(
                name,
                context,
                typed: typed,
                keeping: context.form["ticket"],
                status: answer == .no ? .ok : .unprocessableContent
            )
        }
        if answer != .yes, let life = expiration.lifeWithinASecond {
            return try confirmEnd(
                "Store this value under '\(name.itemKey)' for \(life.rounded)? It is over within a second then, and what is stored there now "
                    + "is gone, too, for everybody.",
                action: "/keys/save",
                context
            )
        }
        let outcome = await attempt { () async throws(MemcachedError) -> StoreOutcome in
            guard let version = ticket.version else {
                let added = try await fleet.client.add(
                    name.itemKey,
                    value: stored.bytes,
                    flags: stored.flags,
                    expiration: expiration
                )
                return if case .stored(let version) = added { .stored(version) } else { .conflict }
            }
            return try await fleet.client.compareAndSwap(
                name.itemKey,
                to: stored.bytes,
                flags: stored.flags,
                expiration: expiration,
                expecting: version
            )
        }
        switch outcome {
        case .success(.stored): return .redirect(to: name.path + "&done=stored")
        case .success(.conflict), .success(.missing): return try await showConflict(ticket, typed, stored, context)
        case .failure(let error) where error.code == .versionUnusable:
            // The server has restarted since: nobody can tell whether it is the same value.
            return try await showConflict(ticket, typed, stored, context)
        case .failure(let error):
            return try await show(
                name,
                context,
                typed: typed,
                keeping: context.form["ticket"],
                alert: Self.words(for: error),
                status: .badGateway
            )
        }
    }

    /// Why a value of so many bytes isn't one of its dictionary's; nil where it is.
    private func sizeProblem(of size: Int, _ name: KeyName) async -> String? {
        guard let largest = await settings(of: name).largestValue, size > largest else { return nil }
        return "It has \(size.grouped) bytes as it is stored; the settings allow \(largest.grouped) at most."
    }

    /// What goes to the server for the first value under a key.
    private static func first(_ sent: String, _ codec: CodecChoice) throws -> (flags: UInt32, bytes: ByteBuffer) {
        let value = codec == .bytes ? try HexText.bytes(of: sent) : ByteBuffer(string: sent)
        return try FlagsConvention.native.pack(try DocumentCodec(choice: codec).encode(value))
    }

    /// Why a value can't be stored.
    private static func words(forValue error: any Error) -> String {
        if let problem = error as? HexText.Problem { return problem.words }
        return "It isn't what the value's codec reads: \((error as? ValueCodecError)?.message ?? "\(error)")"
    }

    /// Both values, and what can be done.
    private func showConflict(
        _ ticket: EditTicket,
        _ typed: Typed,
        _ stored: (flags: UInt32, bytes: ByteBuffer),
        _ context: ManagementContext
    ) async throws -> Response {
        let name = ticket.name
        switch await attempt({ () async throws(MemcachedError) in try await fleet.client.get(name.itemKey) }) {
        case .failure(let error):
            return try await show(
                name,
                context,
                typed: typed,
                keeping: context.form["ticket"],
                alert: Self.words(for: error)
            )
        case .success(let item?) where item.flags == stored.flags && item.value == stored.bytes:
            // Such as of a form that was sent again before it was answered.
            return .redirect(to: name.path + "&done=same")
        case .success(let item?) where item.version.cas == 0:
            return try await show(
                name,
                context,
                typed: typed,
                alert: ticket.version == nil
                    ? "Somebody has stored a value since this page was made, and yours is not stored."
                    : "Yours is not stored: the server keeps no versions (-C), so that nobody can tell whether the value is still the one that "
                        + "this page was made of.",
                status: .conflict
            )
        case .success(let item):
            // What is stored next is in the format in which mine was read: it replaces theirs whatever that is.
            let next = EditTicket(name: name, version: item?.version, form: ticket.form)
            let theirs = item.map { Self.theirs($0, inHex: typed.isHex) }
            let conflict = Conflict(
                frame: PageFrame("Somebody else was faster", in: .keys, context: context, access: access),
                itemKey: name.itemKey,
                mine: typed.value ?? "",
                hexNote: typed.isHex ? HexText.help : nil,
                theirs: theirs?.text,
                theirsNote: theirs?.note,
                ticket: tickets.issue(next),
                codec: typed.codec.rawValue,
                lifetime: typed.lifetime,
                back: name.path
            )
            return try templates.page("conflict", conflict, status: .conflict)
        }
    }

    /// What another has stored.
    ///
    /// - Parameter inHex: whether mine is in hexadecimal, so that the two can be compared.
    private static func theirs(_ item: MemcachedItem, inHex: Bool) -> (text: String, note: String?) {
        let view = ItemView(item, form: form(item))
        guard inHex || view.hexNote != nil else {
            return view.edited.map { ($0, nil) } ?? (view.shown ?? "", view.shownNote)
        }
        let bytes = ItemBytes(item).bytes
        let isWhole = bytes.readableBytes <= FormText.hexLimit
        return (
            HexText.text(of: bytes.readableBytesView.prefix(FormText.hexLimit)),
            isWhole ? "In hexadecimal" : "The first \(FormText.hexLimit.grouped) bytes, in hexadecimal"
        )
    }

    struct Conflict: Sendable {
        let frame: PageFrame
        let itemKey: String
        let mine: String
        /// How mine is in hexadecimal; nil where it is text.
        let hexNote: String?
        /// Nil where the item is gone.
        let theirs: String?
        /// What stands above it.
        let theirsNote: String?
        let ticket: String
        let codec: String
        let lifetime: String
        let back: String
    }

    func ticket(_ context: ManagementContext) throws -> EditTicket {
        do {
            return try tickets.content(context.form["ticket"])
        } catch let error as HTTPError {
            throw RefusedForm(error, context.form)
        }
    }
}
#endif
