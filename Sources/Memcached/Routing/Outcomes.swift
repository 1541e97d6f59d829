/// What became of a compare-and-swap.
public enum StoreOutcome: Hashable, Sendable {
    /// The value is stored; this is its version.
    case stored(ItemVersion)
    /// Another writer has stored since the item was read. Nothing was changed.
    case conflict
    /// The item is gone. Nothing was changed.
    case missing
}

/// What became of a store that only a missing key allows.
public enum AddOutcome: Hashable, Sendable {
    /// The value is stored; this is its version.
    case stored(ItemVersion)
    /// The key holds an item already. Nothing was changed.
    case exists
}

/// What became of a store that only an existing key allows.
public enum ReplaceOutcome: Hashable, Sendable {
    /// The value is stored; this is its version.
    case stored(ItemVersion)
    /// The key holds no item. Nothing was changed.
    case missing
}

/// What became of a removal that demands a version.
public enum RemoveOutcome: Hashable, Sendable {
    /// The item is gone by this call.
    case removed
    /// Another writer has stored since the item was read. Nothing was changed.
    case conflict
    /// The item was gone already.
    case missing
}

/// What became of an append or a prepend.
public enum AppendOutcome: Hashable, Sendable {
    /// The bytes are added; this is the item's version.
    case stored(ItemVersion)
    /// The key holds no item, or the item can't grow: the server says the same of one that would pass its item size, and of one on
    /// flash storage (extstore). Nothing was changed.
    case notStored
}
