//! The signer guard: what this validator signed last, on disk before the signature leaves.
//!
//! ```text
//! two slots of 128 bytes, written in turn:
//! magic "BZGUARD1" ‖ sequence u64 ‖ height u64 ‖ round u32 ‖ step u8 ‖ digest 32 ‖ zero 35 ‖ SHA-256 of the 96 before
//! ```
//! **Invariant:** the place `(height, round, step)` only rises; at the same place only the same digest is signed
//! again. A missing file, a foreign one or any damaged slot means: do not sign. A torn write looks like damage
//! and is treated as such, although its signature was never released: the other slot cannot tell a torn write
//! from rot that hides a signature that *was* released. Safety before liveness.

use std::fs::{File, OpenOptions};
use std::os::unix::fs::{FileExt as _, OpenOptionsExt as _};
use std::path::{Path, PathBuf};

use biaozheng_ledger::digest::Digest;

const MAGIC: &[u8; 8] = b"BZGUARD1";
const COPY_BYTES: usize = 128;
const BODY: usize = 96;

/// Why the guard refuses.
#[derive(Debug, thiserror::Error)]
pub enum GuardError {
    #[error(
        "{0} is missing 签名守卫缺失, so nobody knows what this validator signed last. Is its disk mounted? If the file is lost: make sure that no other copy of this validator runs or will run, and put no guard from a backup or another node in its place; then let `biaozheng guard remake --api http://ANOTHER-VALIDATOR --no-other-copy-runs` make one that signs nothing the consortium may have decided already. A node that never ran is completed by `biaozheng init`. See docs/operating.md, 'A damaged signer guard'"
    )]
    Missing(PathBuf),
    #[error("{0} exists already")]
    Exists(PathBuf),
    #[error(
        "{0} is damaged 签名守卫已损坏. This validator must not sign: it cannot know what it signed last. Keep the file, look at the disk, make sure that no other copy of this validator runs or will run, then run `biaozheng guard remake`. See docs/operating.md, 'A damaged signer guard'"
    )]
    Damaged(PathBuf),
    #[error(
        "{0} is in use 正被占用: another process signs with this validator's key. Find it and stop it; do not remove the file"
    )]
    Locked(PathBuf),
    #[error("refused to sign at height {height} round {round} step {step}: {reason}")]
    Refused { height: u64, round: u32, step: u8, reason: &'static str },
    #[error("the signer guard's disk failed: {0}. Check its space and health, then start the node again")]
    Disk(#[from] std::io::Error),
}

/// Where in a height a signature stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Place {
    pub(super) height: u64,
    pub(super) round: u32,
    /// 1 proposal, 2 prevote, 3 precommit.
    pub(super) step: u8,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct GuardCopy {
    sequence: u64,
    place: Place,
    digest: [u8; 32],
}

impl GuardCopy {
    fn encode(&self) -> [u8; COPY_BYTES] {
        let mut body = Vec::with_capacity(COPY_BYTES);
        body.extend_from_slice(MAGIC);
        body.extend_from_slice(&self.sequence.to_be_bytes());
        body.extend_from_slice(&self.place.height.to_be_bytes());
        body.extend_from_slice(&self.place.round.to_be_bytes());
        body.push(self.place.step);
        body.extend_from_slice(&self.digest);
        body.resize(BODY, 0);
        let checksum = Digest::of(&body);
        body.extend_from_slice(checksum.bytes());
        body.try_into().expect("96 bytes and a digest of 32")
    }

    fn decode(bytes: &[u8; COPY_BYTES]) -> Option<Self> {
        let (body, checksum) = bytes.split_at_checked(BODY)?;
        if Digest::of(body).bytes() != checksum {
            return None;
        }
        let (magic, rest) = body.split_first_chunk::<8>()?;
        let (sequence, rest) = rest.split_first_chunk::<8>()?;
        let (height, rest) = rest.split_first_chunk::<8>()?;
        let (round, rest) = rest.split_first_chunk::<4>()?;
        let (step, rest) = rest.split_first()?;
        let (digest, _) = rest.split_first_chunk::<32>()?;
        let place =
            Place { height: u64::from_be_bytes(*height), round: u32::from_be_bytes(*round), step: *step };
        (magic == MAGIC).then_some(Self { sequence: u64::from_be_bytes(*sequence), place, digest: *digest })
    }
}

/// The open, locked guard.
#[derive(Debug)]
pub struct Guard {
    file: File,
    path: PathBuf,
    last: GuardCopy,
}

fn file_in(directory: &Path) -> PathBuf {
    directory.join("signed.guard")
}

impl Guard {
    /// Makes the guard of a validator that has never signed.
    ///
    /// # Errors
    /// When it exists, or the disk's.
    pub fn create(directory: &Path) -> Result<(), GuardError> {
        Self::create_above(directory, 0)
    }

    /// Makes a guard that signs nothing up to and including `height`: the way back for an operator who has
    /// made sure that the consortium has decided beyond that height.
    ///
    /// # Errors
    /// When it exists, or the disk's.
    pub fn create_above(directory: &Path, height: u64) -> Result<(), GuardError> {
        std::fs::create_dir_all(directory)?;
        let path = file_in(directory);
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
        let file = match file {
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
                return Err(GuardError::Exists(path));
            }
            other => other?,
        };
        let place = Place { height, round: u32::MAX, step: u8::MAX };
        let first = GuardCopy { sequence: 0, place, digest: [0; 32] };
        let second = GuardCopy { sequence: 1, ..first };
        file.write_all_at(&first.encode(), 0)?;
        file.write_all_at(&second.encode(), COPY_BYTES as u64)?;
        file.sync_all()?;
        File::open(directory)?.sync_all()?;
        Ok(())
    }

    /// Opens and locks the guard.
    ///
    /// # Errors
    /// [`GuardError`]: the validator must not sign.
    pub fn open(directory: &Path) -> Result<Self, GuardError> {
        let path = file_in(directory);
        let file = match OpenOptions::new().read(true).write(true).open(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(GuardError::Missing(path));
            }
            other => other?,
        };
        match file.try_lock() {
            Ok(()) => {}
            Err(std::fs::TryLockError::WouldBlock) => return Err(GuardError::Locked(path)),
            Err(std::fs::TryLockError::Error(error)) => return Err(error.into()),
        }
        let damaged = || GuardError::Damaged(path.clone());
        if file.metadata()?.len() != (COPY_BYTES as u64).saturating_mul(2) {
            return Err(damaged());
        }
        let mut slots = [[0; COPY_BYTES]; 2];
        for (slot, offset) in slots.iter_mut().zip([0, COPY_BYTES as u64]) {
            file.read_exact_at(slot, offset)?;
        }
        let [even, odd] = slots;
        let (even, odd) = GuardCopy::decode(&even).zip(GuardCopy::decode(&odd)).ok_or_else(damaged)?;
        let newest = if even.sequence > odd.sequence { even } else { odd };
        let distance = even.sequence.abs_diff(odd.sequence);
        if distance != 1 || even.sequence % 2 != 0 {
            return Err(damaged());
        }
        Ok(Self { file, path, last: newest })
    }

    /// Writes down, synced, that `digest` is about to be signed at `place`.
    ///
    /// # Errors
    /// [`GuardError::Refused`] when it would go back or contradict, or the disk's: do not sign.
    pub(super) fn advance(&mut self, place: Place, digest: &Digest) -> Result<(), GuardError> {
        let refuse = |reason| {
            Err(GuardError::Refused { height: place.height, round: place.round, step: place.step, reason })
        };
        if place < self.last.place {
            return refuse("this validator signed a later step already");
        }
        if place == self.last.place {
            if self.last.digest == *digest.bytes() {
                return Ok(());
            }
            return refuse("this validator signed something else at this very step");
        }
        let next =
            GuardCopy { sequence: self.last.sequence.saturating_add(1), place, digest: *digest.bytes() };
        let offset = if next.sequence.is_multiple_of(2) { 0 } else { COPY_BYTES as u64 };
        self.file.write_all_at(&next.encode(), offset)?;
        self.file.sync_data()?;
        self.last = next;
        Ok(())
    }

    /// Up to which height this validator must only follow, given the newest block of its store and whether the
    /// engine's log is there; `None` when it may vote. After a restart the guard stands in the block being
    /// decided, and the engine's log repeats what was signed there. Standing higher, made anew, or without that
    /// log, it knows of signatures that nothing here repeats, and would refuse whatever the engine asks for.
    #[must_use]
    pub fn follow_until(&self, tip: u64, has_log: bool) -> Option<u64> {
        let Place { height, round, .. } = self.last.place;
        let remade = round == u32::MAX && height > tip;
        let behind = height > tip.saturating_add(1);
        let forgotten = !has_log && height > tip;
        (remade || behind || forgotten).then_some(height)
    }

    /// The place and digest signed last, for people.
    #[must_use]
    pub fn last(&self) -> String {
        let GuardCopy { place, digest, .. } = self.last;
        if place.round == u32::MAX {
            return format!("nothing signed yet, and nothing up to block {} will be", place.height);
        }
        let step = match place.step {
            1 => "proposal",
            2 => "prevote",
            _ => "precommit",
        };
        format!(
            "last signed a {step} at height {} round {}, {}",
            place.height,
            place.round,
            hex::encode(digest)
        )
    }

    /// Where the guard is kept.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(height: u64, round: u32, step: u8) -> Place {
        Place { height, round, step }
    }

    #[test]
    fn only_rises_and_repeats_only_the_same() {
        let folder = tempfile::tempdir().unwrap();
        assert!(matches!(Guard::open(folder.path()), Err(GuardError::Missing(_))));
        Guard::create(folder.path()).unwrap();
        assert!(matches!(Guard::create(folder.path()), Err(GuardError::Exists(_))));
        let (a, b) = (Digest::of(b"a"), Digest::of(b"b"));
        let mut guard = Guard::open(folder.path()).unwrap();
        assert!(matches!(Guard::open(folder.path()), Err(GuardError::Locked(_))));
        assert!(guard.advance(place(0, 5, 1), &a).is_err(), "the genesis is not signed");
        for (at, what, fine) in [
            (place(1, 0, 1), a, true),
            (place(1, 0, 1), a, true),
            (place(1, 0, 1), b, false),
            (place(1, 0, 2), b, true),
            (place(1, 0, 1), a, false),
            (place(1, 1, 1), a, true),
            (place(1, 0, 3), a, false),
            (place(2, 0, 1), b, true),
        ] {
            assert_eq!(guard.advance(at, &what).is_ok(), fine, "{at:?}");
        }
        drop(guard);
        let mut guard = Guard::open(folder.path()).unwrap();
        assert!(guard.advance(place(2, 0, 1), &a).is_err(), "remembered over a restart");
        assert!(guard.advance(place(2, 0, 1), &b).is_ok());
    }

    #[test]
    fn a_store_behind_its_guard_is_followed_up_first() {
        let folder = tempfile::tempdir().unwrap();
        Guard::create_above(folder.path(), 9).unwrap();
        let mut guard = Guard::open(folder.path()).unwrap();
        for (tip, expected) in [(0, Some(9)), (8, Some(9)), (9, None), (10, None)] {
            assert_eq!(guard.follow_until(tip, true), expected, "made anew, tip {tip}");
        }
        guard.advance(place(12, 0, 2), &Digest::of(b"a")).unwrap();
        for (tip, expected) in [(3, Some(12)), (10, Some(12)), (11, None), (12, None)] {
            assert_eq!(guard.follow_until(tip, true), expected, "tip {tip}");
        }
        for (tip, expected) in [(10, Some(12)), (11, Some(12)), (12, None)] {
            assert_eq!(guard.follow_until(tip, false), expected, "no engine log, tip {tip}");
        }
        let fresh = tempfile::tempdir().unwrap();
        Guard::create(fresh.path()).unwrap();
        assert_eq!(
            Guard::open(fresh.path()).unwrap().follow_until(0, false),
            None,
            "a new validator votes at once"
        );
    }

    #[test]
    fn any_flipped_bit_and_any_cut_means_do_not_sign() {
        let folder = tempfile::tempdir().unwrap();
        Guard::create(folder.path()).unwrap();
        let mut guard = Guard::open(folder.path()).unwrap();
        guard.advance(place(3, 0, 1), &Digest::of(b"x")).unwrap();
        drop(guard);
        let path = file_in(folder.path());
        let good = std::fs::read(&path).unwrap();
        for bit in 0..good.len() * 8 {
            let mut bad = good.clone();
            bad[bit / 8] ^= 1 << (bit % 8);
            std::fs::write(&path, &bad).unwrap();
            assert!(matches!(Guard::open(folder.path()), Err(GuardError::Damaged(_))), "bit {bit}");
        }
        for cut in 0..good.len() {
            std::fs::write(&path, &good[..cut]).unwrap();
            assert!(matches!(Guard::open(folder.path()), Err(GuardError::Damaged(_))), "cut {cut}");
        }
        std::fs::write(&path, &good).unwrap();
        assert!(Guard::open(folder.path()).is_ok());
    }

    #[test]
    fn a_guard_made_anew_signs_only_above_its_height() {
        let folder = tempfile::tempdir().unwrap();
        Guard::create_above(folder.path(), 7).unwrap();
        let mut guard = Guard::open(folder.path()).unwrap();
        assert!(guard.advance(place(7, 9, 3), &Digest::of(b"x")).is_err());
        assert!(guard.advance(place(8, 0, 1), &Digest::of(b"x")).is_ok());
    }
}
