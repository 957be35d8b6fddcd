//! Validators that signed twice: what this node saw is written to a file and, where it signs records, goes on chain.
//!
//! ```text
//! HOME/misbehaviour/<height>-<step>-<key id, 16 digits>.json     the body of validator.misbehaved/1
//! ```
//! **Invariant:** a few proofs of a key are held until the chain has them, over restarts too; no more are needed, and a twin
//! that signs twice at every height fills neither memory nor disk.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use biaozheng_contracts::StateFailure;
use biaozheng_contracts::chain::validators::{is_proven, node_of};
use biaozheng_files as files;
use biaozheng_ledger::ids::{ChainId, Height, KeyId};
use biaozheng_ledger::json::from_strict;
use biaozheng_ledger::misbehaviour::Misbehaviour;
use biaozheng_store::Store;
use tracing::warn;

use crate::chain::consensus::Fatal;
use crate::chain::executor::StoredState;

/// Proofs of one key that wait for the chain; there are as many keys as validators ever were.
const OF_A_KEY_MAX: usize = 4;
/// Files read at the start, and the largest of them.
const FILES_MAX: usize = 256;
const FILE_BYTES_MAX: usize = 4096;
/// How much later each further member submits what every member has.
pub const STAGGER: Duration = Duration::from_millis(600);
/// After a refusal of a record that shows one.
const AGAIN: Duration = Duration::from_secs(30);

type Waiting = BTreeMap<(KeyId, Height), (Misbehaviour, Instant)>;

/// Seen and not on chain yet, one a key and height, and when it is to be shown next.
#[derive(Debug)]
pub struct Seen {
    home: PathBuf,
    waiting: Mutex<Waiting>,
}

impl Seen {
    /// What was written before a restart. A file that holds no proof is passed over, with a word in the log.
    ///
    /// # Errors
    /// When the folder or a file in it cannot be read.
    pub fn load(home: &Path, chain: &ChainId) -> std::io::Result<Self> {
        let mut waiting = Waiting::new();
        let files = match std::fs::read_dir(home.join("misbehaviour")) {
            Ok(files) => files.take(FILES_MAX).collect::<std::io::Result<Vec<_>>>()?,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
            Err(error) => return Err(error),
        };
        for file in files.into_iter().map(|file| file.path()) {
            match read(&file, chain)? {
                Some(one) => drop(waiting.insert((one.voter.id(), one.height), (one, Instant::now()))),
                None => warn!(file = %file.display(), "this file holds no proof of misbehaviour"),
            }
        }
        Ok(Self { home: home.to_owned(), waiting: Mutex::new(waiting) })
    }

    fn held(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes what the engine saw; to be shown to the chain after `wait`, unless others do before. `signs` is whether this
    /// node signs records, and so shows it itself.
    ///
    /// # Errors
    /// [`Fatal`] when the state cannot be read or the proof not be written.
    pub fn saw(&self, store: &Store, one: Misbehaviour, wait: Duration, signs: bool) -> Result<(), Fatal> {
        let state = StoredState(store);
        let key = one.voter.id();
        let name = node_of(&state, &key)?.unwrap_or_else(|| "?".to_owned());
        warn!(validator = %name, key = %one.voter, height = %one.height, round = one.round, step = ?one.step, "a validator misbehaved: it signed twice");
        let mut held = self.held();
        let mut proven = Vec::new();
        for place in held.keys() {
            if is_proven(&state, &place.0, place.1)? {
                proven.push(*place);
            }
        }
        proven.iter().for_each(|place| drop(held.remove(place)));
        let of_key = held.keys().filter(|(of, _)| *of == key).count();
        let place = (key, one.height);
        if held.contains_key(&place) || of_key >= OF_A_KEY_MAX || is_proven(&state, &key, one.height)? {
            return Ok(());
        }
        write(&self.home, &one)
            .map_err(|error| Fatal::new(format!("a proof of misbehaviour cannot be written: {error}")))?;
        if !signs {
            warn!(
                "this node signs no records (sealing.org): submit the file under misbehaviour/ as validator.misbehaved/1"
            );
        }
        let next = Instant::now();
        held.insert(place, (one, next.checked_add(wait).unwrap_or(next)));
        Ok(())
    }

    /// Those to be shown now, which the chain does not have yet.
    ///
    /// # Errors
    /// When the state cannot be read.
    pub fn due(&self, store: &Store) -> Result<Vec<Misbehaviour>, StateFailure> {
        let (state, now) = (StoredState(store), Instant::now());
        let (mut due, mut proven, mut held) = (Vec::new(), Vec::new(), self.held());
        for (place, (one, next)) in held.iter_mut() {
            if is_proven(&state, &place.0, place.1)? {
                proven.push(*place);
            } else if *next <= now {
                due.push(one.clone());
                *next = now.checked_add(AGAIN).unwrap_or(now);
            }
        }
        proven.iter().for_each(|place| drop(held.remove(place)));
        Ok(due)
    }
}

/// The proof in a file; nothing where it is no proof of this chain. What is no regular file, or too large, is none.
fn read(path: &Path, chain: &ChainId) -> std::io::Result<Option<Misbehaviour>> {
    let about = std::fs::metadata(path)?;
    if !about.is_file() || about.len() > FILE_BYTES_MAX as u64 {
        return Ok(None);
    }
    let text = files::read(path, FILE_BYTES_MAX)?.unwrap_or_default();
    let one = from_strict::<Misbehaviour>(&text).ok();
    Ok(one.filter(|one| one.verify(chain).is_ok()))
}

fn write(home: &Path, one: &Misbehaviour) -> std::io::Result<()> {
    let step = format!("{:?}", one.step).to_lowercase();
    let key: String = one.voter.id().digest().hex().chars().take(16).collect();
    let text = serde_json::to_vec_pretty(one).map_err(std::io::Error::other)?;
    files::put(&home.join("misbehaviour").join(format!("{}-{step}-{key}.json", one.height)), &text)
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::commit::{VoteKind, vote_digest};
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::key::SecretKey;
    use biaozheng_ledger::misbehaviour::{Choice, Step};

    use super::*;

    #[test]
    fn what_was_written_is_read_after_a_restart_and_nothing_else_is() {
        let (chain, key) = (ChainId::new(Digest::of(b"chain")), SecretKey::from_seed(&[1; 32]));
        let (height, home) = (Height::new(7), tempfile::tempdir().unwrap());
        let nil = vote_digest(&chain, VoteKind::Precommit, (height, Some(0)), None, &key.public());
        let block = biaozheng_ledger::ids::BlockHash::new(Digest::of(b"block"));
        let other = vote_digest(&chain, VoteKind::Precommit, (height, Some(0)), Some(&block), &key.public());
        let signed = |digest: &Digest| key.sign(digest.bytes());
        let pair = (Choice::new(None, None, &signed(&nil)), Choice::new(Some(block), None, &signed(&other)));
        let one = Misbehaviour::of((key.public(), Step::Precommit), (height, 0), pair.0, pair.1).unwrap();
        assert!(Seen::load(home.path(), &chain).unwrap().held().is_empty(), "no folder yet");
        write(home.path(), &one).unwrap();
        let folder = home.path().join("misbehaviour");
        std::fs::write(folder.join("note.txt"), "{}").unwrap();
        let spoiled = Misbehaviour { round: 1, ..one.clone() };
        std::fs::write(folder.join("spoiled.json"), serde_json::to_vec(&spoiled).unwrap()).unwrap();
        let loaded = Seen::load(home.path(), &chain).unwrap();
        let held: Vec<_> = loaded.held().values().map(|(one, _)| one.clone()).collect();
        assert_eq!(held, [one]);
        assert!(Seen::load(home.path(), &ChainId::new(Digest::of(b"other"))).unwrap().held().is_empty());
        std::fs::remove_dir_all(&folder).unwrap();
        std::fs::write(&folder, "a file in the folder's place").unwrap();
        assert!(Seen::load(home.path(), &chain).is_err(), "a disk that fails is no empty folder");
    }
}
