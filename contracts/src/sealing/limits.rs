//! Every maximum of this domain.

/// Entries of one slot.
pub const SLOT_ENTRIES_MAX: u32 = 100_000;
/// Slots ahead of block time for which a group may take entries.
pub const SLOTS_AHEAD_MAX: u32 = 100_000;
/// Blinded points of one request for tokens.
pub const TOKENS_PER_REQUEST_MAX: usize = 32;
/// Tokens one organisation may have of one epoch.
pub const TOKEN_QUOTA_MAX: u32 = 100_000;
/// Labels, and requests for tokens, that are looked at after one block.
pub const DUE_MAX: usize = 256;
