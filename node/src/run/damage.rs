//! What may not be used again until an operator has done something about it.
//!
//! A store that was found damaged while the node ran often opens again: RocksDB reads its tables only where they are
//! asked for. So the finding is kept beside it, in `HOME/store.damaged`, and a start refuses while it is there;
//! `biaozheng resync` takes it away with the store.
//!
//! **Invariant:** only damage is kept. A full disk or one that is away is the operator's to mend, and a start tries again.

use std::fs::File;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use biaozheng_files::{Readers, create};
use biaozheng_store::StoreError;
use tracing::error;

use crate::chain::consensus::{EngineLogError, GuardError};
use crate::run::clock::now;

/// Bytes read of a finding.
const FINDING_BYTES_MAX: u64 = 4096;

/// A store that was found damaged before this start.
#[derive(Debug, thiserror::Error)]
#[error(
    "this node's store was found damaged, so it is not used again 账本存储曾被发现损坏，不再使用: {finding}. Look at the disk (dmesg, SMART), then let the node fetch the chain anew: biaozheng resync --home {home}; or restore a backup into a new folder. Only where you know that the disk's content is whole (memory or a cable was at fault), remove {path} and start", home = .home.display(), path = .path.display()
)]
pub struct FoundDamaged {
    finding: String,
    home: PathBuf,
    path: PathBuf,
}

/// Where the finding is kept.
#[must_use]
pub fn path_in(home: &Path) -> PathBuf {
    home.join("store.damaged")
}

/// Refuses where the store was found damaged.
///
/// # Errors
/// [`FoundDamaged`] says what was found and what to do.
pub fn check(home: &Path) -> Result<(), FoundDamaged> {
    let path = path_in(home);
    let Ok(file) = File::open(&path) else { return Ok(()) };
    let mut finding = Vec::new();
    let _ = file.take(FINDING_BYTES_MAX).read_to_end(&mut finding);
    let finding = String::from_utf8_lossy(&finding).trim().to_owned();
    Err(FoundDamaged { finding, home: home.to_owned(), path })
}

/// Keeps what was found, where it is damage. The first finding stays.
pub fn keep(home: &Path, failure: &StoreError) {
    let StoreError::Corrupt { what } = failure else { return };
    let text = format!("{what} (Unix time {} ms)\n", now());
    if let Err(failed) = create(&path_in(home), text.as_bytes(), Readers::All)
        && failed.kind() != std::io::ErrorKind::AlreadyExists
    {
        error!(error = %failed, "what was found cannot be kept: do not start this node again before `biaozheng resync`");
    }
}

/// Forgets the finding with the store it was about.
///
/// # Errors
/// The disk's.
pub fn forget(home: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path_in(home)) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// True when starting again cannot help: something of this node is damaged or missing, and its words say what to do.
#[must_use]
pub fn is_for_the_operator(error: &anyhow::Error) -> bool {
    error.chain().any(|cause| {
        cause.downcast_ref::<FoundDamaged>().is_some()
            || matches!(cause.downcast_ref(), Some(StoreError::Corrupt { .. } | StoreError::NotAStore { .. }))
            || matches!(cause.downcast_ref(), Some(GuardError::Damaged(_) | GuardError::Missing(_)))
            || matches!(cause.downcast_ref(), Some(EngineLogError::Damaged { .. }))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn damage_is_kept_until_it_is_forgotten_and_a_full_disk_is_not() {
        let home = tempfile::tempdir().unwrap();
        keep(home.path(), &StoreError::Io { message: "No space left on device".to_owned() });
        check(home.path()).unwrap();
        let damage = |what: &str| StoreError::Corrupt { what: what.to_owned() };
        keep(home.path(), &damage("block 7: is cut short"));
        keep(home.path(), &damage("later"));
        let refusal = check(home.path()).unwrap_err().to_string();
        assert!(refusal.contains("block 7: is cut short") && !refusal.contains("later"), "{refusal}");
        assert!(refusal.contains(&format!("biaozheng resync --home {}", home.path().display())), "{refusal}");
        forget(home.path()).unwrap();
        forget(home.path()).unwrap();
        check(home.path()).unwrap();
    }

    #[test]
    fn what_starting_again_cannot_mend_is_told_from_the_rest() {
        let corrupt = anyhow::Error::from(StoreError::Corrupt { what: "x".to_owned() }).context("opening");
        assert!(is_for_the_operator(&corrupt));
        assert!(is_for_the_operator(&GuardError::Damaged("guard".into()).into()));
        assert!(!is_for_the_operator(&StoreError::Io { message: "x".to_owned() }.into()));
        assert!(!is_for_the_operator(&anyhow::anyhow!("the API cannot listen")));
    }
}
