//! Files that only their owner reads: proofs, salts. On disk, name and all, before anything is sent.

use std::path::Path;

use anyhow::Context as _;
use biaozheng_files::{Readers, create};

/// Makes a new file of mode 0600; file and folder are synced before this returns.
pub(crate) fn write_secret(path: &Path, bytes: &[u8]) -> anyhow::Result<()> {
    create(path, bytes, Readers::Owner).with_context(|| path.display().to_string())
}
