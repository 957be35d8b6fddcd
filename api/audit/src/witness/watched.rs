//! One log as a witness watches it: by which policy, and the tree cosigned last, on disk.

use std::path::{Path, PathBuf};

use biaozheng_ledger::checkpoint::{Checkpoint, Origin};
use biaozheng_ledger::genesis::Genesis;
use biaozheng_ledger::limits::NOTE_BYTES_MAX;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::policy::Policy;

use super::{Standing, Trust, WitnessOpenError};
use biaozheng_files as files;

#[derive(Debug)]
pub(super) struct Watched {
    /// Where it is known: evidence names the chain by it.
    pub(super) genesis: Option<Genesis>,
    pub(super) policy: Policy,
    pub(super) origin: Origin,
    pub(super) file: PathBuf,
    pub(super) latest: Option<(SignedNote, Checkpoint)>,
}

impl Watched {
    pub(super) fn load(folder: &Path, trust: Trust) -> Result<Self, WitnessOpenError> {
        let (genesis, policy) = match trust {
            Trust::Genesis(genesis) => {
                let policy = genesis.policy()?;
                (Some(genesis), policy)
            }
            Trust::Policy(policy) => (None, policy),
        };
        let origin = origin_of(&policy).ok_or(WitnessOpenError::Policy)?;
        let file = folder.join(format!("{}.checkpoint", origin.chain().digest().hex()));
        let disk = |error| WitnessOpenError::Disk { path: file.clone(), error };
        let latest = match files::read(&file, NOTE_BYTES_MAX).map_err(disk)? {
            None => None,
            Some(bytes) => {
                Some(kept(&bytes, &policy, &origin).ok_or_else(|| WitnessOpenError::Damaged(file.clone()))?)
            }
        };
        Ok(Self { genesis, policy, origin, file, latest })
    }

    pub(super) fn standing(&self) -> Standing {
        Standing {
            origin: self.origin.to_string(),
            size: self.latest.as_ref().map_or(0, |(_, checkpoint)| checkpoint.size),
            needs_cosigners: self.policy.needs_cosigners(),
            is_backed: self.latest.as_ref().is_none_or(|(note, _)| self.policy.verify(note).is_ok()),
        }
    }
}

/// The one log whose keys a policy names.
fn origin_of(policy: &Policy) -> Option<Origin> {
    let origin: Origin = policy.logs().first()?.name().parse().ok()?;
    policy.logs().iter().all(|key| key.name() == origin.as_str()).then_some(origin)
}

/// What was kept, where a log key signed it. Earlier versions kept the log's line alone, so the quorum is not asked for.
fn kept(bytes: &[u8], policy: &Policy, origin: &Origin) -> Option<(SignedNote, Checkpoint)> {
    let note: SignedNote = str::from_utf8(bytes).ok()?.parse().ok()?;
    let checkpoint: Checkpoint = note.text.parse().ok()?;
    let signed = policy.logs().iter().any(|key| key.find_valid(&note).is_some());
    (checkpoint.origin == *origin && signed).then_some((note, checkpoint))
}
