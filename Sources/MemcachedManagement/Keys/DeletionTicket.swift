#if Management
import Memcached

/// An item whose deletion somebody is asked about. Only the page that asks issues it, so that no other form deletes.
struct DeletionTicket: Sendable {
    let name: KeyName
    /// That of the item which the page has told of.
    let version: ItemVersion
}
#endif
