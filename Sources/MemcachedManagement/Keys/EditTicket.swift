#if Management
import Memcached

/// What a form edits: the key, the version that its page showed, and how the value was stored. A version holds which server process it
/// is of, so that it stays here rather than in the page.
struct EditTicket: Sendable {
    let name: KeyName
    /// Nil where nothing was stored under the key.
    let version: ItemVersion?
    /// Nil where the form names the codec, or the value can't be edited.
    var form: FormText?
}
#endif
