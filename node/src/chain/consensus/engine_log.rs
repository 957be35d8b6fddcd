//! The engine's write-ahead log, looked at before the engine opens it.
//!
//! ```text
//! version u32 = 1 ‖ height u64 ‖ entries: compressed u8 = 0 ‖ length u64 ‖ CRC-32 of the data u32 ‖ data    (big-endian)
//! ```
//! The engine checks only an entry's data: a damaged height or length it takes for a log of another height or for a
//! write that a crash cut short, and drops entries without a word; another version ends it with a panic. Here the entries
//! must be of the log's height, and a last one that is cut short must not be a whole one under a wrong length.
//!
//! **Invariant:** nothing is changed on disk; a log is good only if the engine will repeat all that was written to it.

use std::io::{Cursor, Read as _};
use std::path::{Path, PathBuf};

use biaozheng_ledger::ids::Height;
use malachite_core_consensus::Input;
use malachite_engine::wal::decode_entry;

use super::codec::Borsh;
use super::context::Ctx;

const VERSION: u32 = 1;
/// Votes and hashes of one height: far above what a height leaves, also after thousands of rounds.
const LOG_BYTES_MAX: u64 = 256 * 1024 * 1024;
/// A last entry under a wrong length is looked for up to this size: the largest is a certificate of some KiB.
const ENTRY_BYTES_MAX: usize = 1024 * 1024;

/// Why the engine must not open its log.
#[derive(Debug, thiserror::Error)]
pub enum EngineLogError {
    #[error(
        "the engine's write-ahead log is damaged 共识引擎日志已损坏: {path}: {what}. The signer guard still knows what was signed, so leave guard/ as it is. Look at the disk (dmesg, SMART), then put the log aside and start: mv {folder} {folder}.damaged. The validator follows until the height it signed in last is decided, then votes again. See docs/operating.md, 'A damaged engine log'", path = .path.display(), folder = .folder.display()
    )]
    Damaged { path: PathBuf, folder: PathBuf, what: String },
    #[error("the engine's write-ahead log {path} cannot be read: {reason}", path = .path.display())]
    Disk { path: PathBuf, reason: std::io::Error },
}

/// What a good log holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineLog {
    /// `None` where there is no log yet.
    height: Option<u64>,
}

impl EngineLog {
    /// Reads and checks the log in the engine's folder.
    ///
    /// # Errors
    /// [`EngineLogError`] says what to do.
    pub fn read(folder: &Path) -> Result<Self, EngineLogError> {
        let path = folder.join("engine.wal");
        let mut bytes = Vec::new();
        let file = match std::fs::File::open(&path) {
            Ok(file) => file,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Self { height: None }),
            Err(reason) => return Err(EngineLogError::Disk { path, reason }),
        };
        if let Err(reason) = file.take(LOG_BYTES_MAX.saturating_add(1)).read_to_end(&mut bytes) {
            return Err(EngineLogError::Disk { path, reason });
        }
        check(&bytes).map(|height| Self { height }).map_err(|what| EngineLogError::Damaged {
            path,
            folder: folder.to_owned(),
            what,
        })
    }

    /// True when the engine will repeat from it what this validator signed at this height.
    #[must_use]
    pub fn is_of(&self, height: Height) -> bool {
        self.height == Some(height.get())
    }
}

/// The height a log is of; `None` for an empty file, which the engine begins afresh.
fn check(bytes: &[u8]) -> Result<Option<u64>, String> {
    if bytes.is_empty() {
        return Ok(None);
    }
    if bytes.len() as u64 > LOG_BYTES_MAX {
        return Err(format!("it is larger than {LOG_BYTES_MAX} bytes"));
    }
    let header = bytes.split_first_chunk::<4>().and_then(|(version, rest)| {
        let (height, rest) = rest.split_first_chunk::<8>()?;
        Some((u32::from_be_bytes(*version), u64::from_be_bytes(*height), rest))
    });
    let (version, height, mut rest) = header.ok_or("its header is cut short")?;
    if version != VERSION {
        return Err(format!("it names version {version}, and there is only {VERSION}"));
    }
    let mut number = 0u64;
    while let Some((data, after)) = next_entry(rest).map_err(|what| format!("entry {number} {what}"))? {
        let of = height_of(data).map_err(|error| format!("entry {number} cannot be read: {error}"))?;
        if let Some(of) = of.filter(|of| *of != height) {
            return Err(format!("entry {number} is of height {of}, the log of {height}"));
        }
        rest = after;
        number = number.saturating_add(1);
    }
    Ok(Some(height))
}

/// An entry's data, and what follows it.
type Entry<'a> = (&'a [u8], &'a [u8]);

/// The next entry; `None` at the end, and where a crash cut one short.
fn next_entry(bytes: &[u8]) -> Result<Option<Entry<'_>>, String> {
    let Some((flag, rest)) = bytes.split_first() else { return Ok(None) };
    if *flag != 0 {
        return Err("is marked as compressed, which none is".to_owned());
    }
    let Some((length, rest)) = rest.split_first_chunk::<8>() else { return Ok(None) };
    let Some((checksum, rest)) = rest.split_first_chunk::<4>() else { return Ok(None) };
    let (length, checksum) = (u64::from_be_bytes(*length), u32::from_be_bytes(*checksum));
    let whole = usize::try_from(length).ok().and_then(|length| rest.split_at_checked(length));
    let Some((data, after)) = whole else {
        if is_whole_under_a_shorter_length(rest, checksum) {
            return Err(format!("has a wrong length of {length} bytes"));
        }
        return Ok(None);
    };
    if crc32fast::hash(data) != checksum {
        return Err("has another checksum than its data".to_owned());
    }
    Ok(Some((data, after)))
}

/// A write that a crash cut short leaves a beginning, of which no part has the whole one's checksum.
fn is_whole_under_a_shorter_length(bytes: &[u8], checksum: u32) -> bool {
    let mut hasher = crc32fast::Hasher::new();
    bytes.iter().take(ENTRY_BYTES_MAX).any(|byte| {
        hasher.update(std::slice::from_ref(byte));
        hasher.clone().finalize() == checksum
    })
}

/// The height an entry is about; timeouts name none.
fn height_of(data: &[u8]) -> std::io::Result<Option<u64>> {
    Ok(match decode_entry::<Ctx, _, _>(&Borsh, Cursor::new(data))? {
        Input::Vote(vote) => Some(vote.message.height.0),
        Input::Proposal(proposal) => Some(proposal.message.height.0),
        Input::ProposedValue(value, _) => Some(value.height.0),
        Input::PolkaCertificate(polka) => Some(polka.height.0),
        _ => None,
    })
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::digest::Digest;
    use biaozheng_ledger::ids::BlockHash;
    use biaozheng_ledger::key::SecretKey;
    use malachite_core_types::{NilOrVal, Round, SignedMessage, Timeout, TimeoutKind, VoteType};
    use malachite_engine::wal::encode_entry;

    use super::super::context::{Address, Height as EngineHeight, Proposal, Value, Vote};
    use super::*;

    fn data(entry: Input<Ctx>) -> Vec<u8> {
        let mut data = Vec::new();
        encode_entry::<Ctx, _, _>(entry, &Borsh, &mut data).unwrap();
        data
    }

    fn entries(height: u64) -> Vec<Vec<u8>> {
        let key = SecretKey::from_seed(&[3; 32]);
        let (address, signature) = (Address(key.public()), key.sign(b"any"));
        let value = Value(BlockHash::new(Digest::of(b"block")));
        let height = EngineHeight(height);
        let vote = |kind, value| {
            let vote = Vote { kind, height, round: Round::new(0), value, address };
            data(Input::Vote(SignedMessage::new(vote, signature)))
        };
        let proposal = Proposal { height, round: Round::new(0), value, pol_round: Round::Nil, address };
        vec![
            data(Input::Proposal(SignedMessage::new(proposal, signature))),
            vote(VoteType::Prevote, NilOrVal::Val(value)),
            data(Input::TimeoutElapsed(Timeout::new(Round::new(0), TimeoutKind::Prevote))),
            vote(VoteType::Precommit, NilOrVal::Nil),
        ]
    }

    fn log(height: u64, entries: &[Vec<u8>]) -> Vec<u8> {
        let mut log = VERSION.to_be_bytes().to_vec();
        log.extend_from_slice(&height.to_be_bytes());
        for data in entries {
            log.push(0);
            log.extend_from_slice(&(data.len() as u64).to_be_bytes());
            log.extend_from_slice(&crc32fast::hash(data).to_be_bytes());
            log.extend_from_slice(data);
        }
        log
    }

    #[test]
    fn a_good_log_is_of_its_height_and_a_cut_last_entry_is_a_crash() {
        assert_eq!(check(&[]), Ok(None));
        let whole = log(7, &entries(7));
        assert_eq!(check(&whole), Ok(Some(7)));
        let shorter = log(7, &entries(7)[..3]).len();
        for cut in shorter..whole.len() {
            assert_eq!(check(&whole[..cut]), Ok(Some(7)), "cut at {cut}");
        }
        for cut in 1..12 {
            assert!(check(&whole[..cut]).is_err(), "cut at {cut}");
        }
    }

    #[test]
    fn every_flipped_bit_is_found() {
        let good = log(7, &entries(7));
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&bad).is_err(), "bit {bit} of {}", good.len() * 8);
        }
    }

    #[test]
    fn a_flipped_bit_in_an_empty_log_is_found_or_makes_it_one_of_another_height() {
        let good = log(7, &[]);
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            assert!(check(&bad) != Ok(Some(7)), "bit {bit}");
        }
    }

    #[test]
    fn the_words_say_what_to_do_and_leave_the_guard_alone() {
        let folder = tempfile::tempdir().unwrap();
        assert_eq!(EngineLog::read(folder.path()).unwrap(), EngineLog { height: None });
        std::fs::write(folder.path().join("engine.wal"), log(8, &entries(7))).unwrap();
        let words = EngineLog::read(folder.path()).unwrap_err().to_string();
        assert!(words.contains("is of height 7, the log of 8"), "{words}");
        assert!(words.contains("mv ") && words.contains("leave guard/ as it is"), "{words}");
        std::fs::write(folder.path().join("engine.wal"), log(8, &entries(8))).unwrap();
        let good = EngineLog::read(folder.path()).unwrap();
        assert!(good.is_of(Height::new(8)) && !good.is_of(Height::new(9)));
    }
}
