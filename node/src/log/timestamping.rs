//! Timestamps over this node's checkpoints: now and then an authority outside the consortium signs that one existed, and
//! certificates of what stands under it carry the token.
//!
//! **Invariant:** nothing waits for it: an authority that is slow or away costs tokens and nothing else. A token is kept
//! only with the checkpoint it is over, and only if it holds; the newest pair survives a restart.

use std::path::{Path, PathBuf};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::Duration;

use anyhow::Context as _;
use biaozheng_client::authority::{self, AuthorityError};
use biaozheng_files as files;
use biaozheng_ledger::certificate::{TimestampToken, checkpoint_digest};
use biaozheng_ledger::note::SignedNote;
use biaozheng_timestamp::TrustAnchors;
use serde::{Deserialize, Serialize};
use tracing::{info, warn};

use crate::chain::consensus::Fatal;
use crate::log::checkpointer::Checkpointer;
use crate::run::config::TimestampSettings;
use crate::run::metrics::Metrics;
use crate::run::stop::Stop;

/// Of the node's folder.
const FILE: &str = "timestamp.json";
/// A checkpoint has at most 16 KiB, a token at most a third more than 32 KiB in base64.
const FILE_BYTES_MAX: usize = 256 * 1024;

/// A checkpoint and what the authority said of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Stamped {
    /// Leaves of its tree.
    pub size: u64,
    pub note: SignedNote,
    pub token: TimestampToken,
}

/// As the file has it.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Kept {
    size: u64,
    note: String,
    token: TimestampToken,
}

/// The newest stamped checkpoint of this node.
#[derive(Debug)]
pub struct Timestamps {
    path: PathBuf,
    newest: RwLock<Option<Arc<Stamped>>>,
}

impl Timestamps {
    /// Reads what an earlier run kept.
    ///
    /// # Errors
    /// When the file cannot be read or is not what this program writes; deleting it loses one token.
    pub fn open(home: &Path) -> anyhow::Result<Self> {
        let path = home.join(FILE);
        let read = |bytes: Vec<u8>| -> anyhow::Result<Arc<Stamped>> {
            let kept: Kept = serde_json::from_slice(&bytes)?;
            Ok(Arc::new(Stamped { size: kept.size, note: kept.note.parse()?, token: kept.token }))
        };
        let newest = files::read(&path, FILE_BYTES_MAX).map_err(anyhow::Error::from);
        let newest = newest.and_then(|bytes| bytes.map(read).transpose());
        let hint = || format!("{}: remove it to go on without this token", path.display());
        let newest = newest.with_context(hint)?;
        Ok(Self { path, newest: RwLock::new(newest) })
    }

    /// The stamped checkpoint over a leaf.
    #[must_use]
    pub fn covering(&self, leaf: u64) -> Option<Arc<Stamped>> {
        self.newest().filter(|stamped| stamped.size > leaf)
    }

    fn newest(&self) -> Option<Arc<Stamped>> {
        self.newest.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    fn keep(&self, stamped: Stamped) -> anyhow::Result<()> {
        let (note, token) = (stamped.note.to_string(), stamped.token.clone());
        let kept = Kept { size: stamped.size, note, token };
        files::put(&self.path, &serde_json::to_vec(&kept)?)
            .with_context(|| self.path.display().to_string())?;
        *self.newest.write().unwrap_or_else(PoisonError::into_inner) = Some(Arc::new(stamped));
        Ok(())
    }
}

/// The authorities of the configuration's file; a certificate of it that cannot be used is told and costs no other.
fn anchors(file: Option<&Path>) -> Result<TrustAnchors, AuthorityError> {
    let anchors = authority::anchors(file)?;
    for one in anchors.passed_over() {
        warn!(
            file = file.map(|path| path.display().to_string()),
            block = one.place,
            why = one.why,
            "a timestamp authority of the file is not used"
        );
    }
    Ok(anchors)
}

/// The task that asks, and what it asks about.
#[derive(Debug)]
pub struct Timestamping {
    pub settings: TimestampSettings,
    pub timestamps: Arc<Timestamps>,
    pub checkpointer: Arc<Checkpointer>,
    pub metrics: Arc<Metrics>,
    pub stop: Stop,
}

impl Timestamping {
    /// Starts asking; does nothing where no authority is configured.
    ///
    /// # Errors
    /// When the file of the authorities cannot be used.
    pub fn start(self) -> anyhow::Result<()> {
        if !self.settings.url.is_empty() {
            let anchors = anchors(self.settings.ca_file.as_deref())?;
            tokio::spawn(self.run(anchors));
        }
        Ok(())
    }

    async fn run(self, anchors: TrustAnchors) {
        let mut sizes = self.checkpointer.sizes();
        loop {
            let has = self.timestamps.newest().map_or(0, |stamped| stamped.size);
            while *sizes.borrow_and_update() <= has {
                if sizes.changed().await.is_err() {
                    return;
                }
            }
            let wait_ms = match self.stamp(&anchors).await {
                Ok(stamped) => {
                    let size = stamped.size;
                    // What the authority does is its own matter; what this disk does is not.
                    if let Err(error) = tokio::task::block_in_place(|| self.timestamps.keep(stamped)) {
                        self.stop.stop(&Fatal::new(format!("{error:#}")));
                        return;
                    }
                    self.metrics.log.timestamps.inc();
                    info!(size, "a checkpoint is stamped");
                    self.settings.interval_ms
                }
                Err(error) => {
                    self.metrics.log.timestamp_failures.inc();
                    warn!(error = format!("{error:#}"), "no timestamp; certificates go on without a new one");
                    self.settings.retry_ms
                }
            };
            tokio::time::sleep(Duration::from_millis(wait_ms)).await;
        }
    }

    /// Asks for a token over the best checkpoint of now.
    async fn stamp(&self, anchors: &TrustAnchors) -> anyhow::Result<Stamped> {
        let settings = &self.settings;
        // One with outside witnesses' lines where there is one that is new to this.
        let has = self.timestamps.newest().map_or(0, |stamped| stamped.size);
        let covering = self.checkpointer.covering(has).context("no checkpoint yet")?;
        let (size, note) = &*covering;
        let timeout = Duration::from_millis(settings.timeout_ms);
        let der = authority::token(&settings.url, checkpoint_digest(note), anchors, timeout).await?;
        let token = TimestampToken::new(&der).context("the token is too large")?;
        Ok(Stamped { size: *size, note: note.clone(), token })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use biaozheng_ledger::key::SecretKey;
    use biaozheng_ledger::note::{NoteAlgorithm, NoteKey};

    #[test]
    fn the_newest_pair_survives_a_restart_and_a_damaged_one_is_named() {
        let home = tempfile::tempdir().unwrap();
        let timestamps = Timestamps::open(home.path()).unwrap();
        assert_eq!(timestamps.covering(0), None);
        let secret = SecretKey::from_seed(&[1; 32]);
        let key = NoteKey::new("a", NoteAlgorithm::Ed25519, secret.public()).unwrap();
        let text = "a\n9\nAAA=\n".to_owned();
        let note = SignedNote { signatures: vec![key.sign(&secret, &text, 0)], text };
        let stamped =
            |size| Stamped { size, note: note.clone(), token: TimestampToken::new(&[1, 2]).unwrap() };
        timestamps.keep(stamped(7)).unwrap();
        timestamps.keep(stamped(9)).unwrap();
        let again = Timestamps::open(home.path()).unwrap();
        assert_eq!(again.covering(8).as_deref(), Some(&stamped(9)));
        assert_eq!(again.covering(9), None, "a record the dated tree does not have");
        std::fs::write(home.path().join(FILE), b"{}").unwrap();
        let error = format!("{:#}", Timestamps::open(home.path()).unwrap_err());
        assert!(error.contains("remove it"), "{error}");
    }
}
