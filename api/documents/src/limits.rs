//! Every maximum of documents in one place.

use std::time::Duration;

/// Largest document a node can be set to take: one part copied in a bucket has at most 5 GiB.
pub const DOCUMENT_BYTES_MAX: u64 = 5 * 1024 * 1024 * 1024;
/// What is gathered before it is written; a bucket takes no smaller part (5 MiB) and at most 10,000 of them.
pub(crate) const PART_BYTES: usize = 8 * 1024 * 1024;
/// Parts of one document that are being written at a time: with the one being gathered, what one upload may hold in
/// memory is three times [`PART_BYTES`].
pub(crate) const PARTS_IN_FLIGHT: usize = 2;
/// What is read at a time.
pub(crate) const CHUNK_BYTES: usize = 256 * 1024;
/// Largest file with a key of the object store, bytes.
pub(crate) const KEY_FILE_BYTES_MAX: u64 = 1024;
/// How long a connection to the object store may take.
pub(crate) const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
/// How long the object store may be silent within one answer.
pub(crate) const READ_TIMEOUT: Duration = Duration::from_secs(30);
/// How often and how long a request to the object store is tried again.
pub(crate) const RETRIES_MAX: usize = 3;
pub(crate) const RETRY_TIMEOUT: Duration = Duration::from_secs(30);
/// Leftovers in a bucket are deleted when they are this old: another node may be writing to the same bucket.
pub(crate) const LEFTOVER_AGE_S: i64 = 24 * 3600;

/// The limits that are a node's own choice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Largest document taken.
    pub document_bytes_max: u64,
    /// Documents received at a time; a further one is refused, not queued.
    pub uploads_max: usize,
    /// Documents sent at a time; likewise.
    pub downloads_max: usize,
    /// How long the other side may be silent.
    pub silence_max: Duration,
    /// Slowest sender, over the whole time its bytes were waited for.
    pub bytes_per_s_min: u64,
}
