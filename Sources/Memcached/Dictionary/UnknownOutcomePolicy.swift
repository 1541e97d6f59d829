/// What an update does when it isn't known whether its store took effect, as when the connection is lost before the reply.
public enum UnknownOutcomePolicy: Hashable, Sendable {
    /// It throws ``MemcachedError/Code/outcomeUnknown``, so that no change is made twice.
    case fail
    /// It reads the value again and applies the change to it, within the same deadline and attempts. The change is made twice where
    /// the first store took effect after all, so this suits changes that do no harm when they are repeated, such as inserting into a set.
    ///
    /// Where it can't be brought to an end, it throws ``MemcachedError/Code/outcomeUnknown``.
    case applyAgain
}
