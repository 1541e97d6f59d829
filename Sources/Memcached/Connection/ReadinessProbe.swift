/// Tells whether a connection's socket has something to read, without waiting for it.
///
/// Used on the connection's event loop only.
package protocol ReadinessProbe: AnyObject, Sendable {
    /// Also true where the socket has failed or ended: reading then tells so.
    var isReadable: Bool { get }
}
