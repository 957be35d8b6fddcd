//! Every maximum of sealing in one place. A decoder checks the limit before it takes memory.

/// Most members of a group; the same as the most validators of a chain.
pub const MEMBERS_MAX: usize = biaozheng_ledger::limits::VALIDATORS_MAX;
/// Bytes of a label's message: its fields with their lengths.
pub const LABEL_BYTES_MAX: usize = 256;
/// Largest encoded public polynomial, bytes.
pub const POLYNOMIAL_BYTES_MAX: usize = 4 + 96 * MEMBERS_MAX;
/// Sizes of padded bodies, bytes, four of them for the length. A bid that fits none names a document instead.
/// The largest sealed entry fits a record's payload in base64.
pub const SIZE_CLASS_BYTES: [usize; 4] = [1_024, 4_096, 16_384, 32_768];
/// What an outer layer takes beyond the class of its body: names, key, signature, the inner layer's own bytes.
pub const OUTER_OVERHEAD_BYTES: usize = 512;
/// Largest sealed entry, bytes.
pub const SEALED_ENTRY_BYTES_MAX: usize = 190 + OUTER_OVERHEAD_BYTES + 32_768;
/// Largest opening proof, bytes.
pub const OPENING_PROOF_BYTES_MAX: usize = 512 + 32_768;
/// Bytes of one encrypted share in a dealing: key encapsulation 32, scalar 32, tag 16.
pub const ENCRYPTED_SHARE_BYTES: usize = 80;
/// Largest dealing, acknowledgement or dealer's log of a key ceremony, bytes.
pub const CEREMONY_MESSAGE_BYTES_MAX: usize = 16 * 1024;
/// Largest encoded result of a key ceremony, bytes.
pub const EPOCH_KEYS_BYTES_MAX: usize = 16 * 1024;
/// Bytes of a spent token.
pub const TOKEN_BYTES: usize = 153;
