//! What peers send before this node has the block it belongs to, until it has.
//!
//! | kept | of whom | at most |
//! | --- | --- | --- |
//! | a cosigner's line | that cosigner's own node, by the connection; its key is looked up first | [`LINES_OF_A_PEER_MAX`] sizes near the tip, 200 bytes each |
//! | a complete checkpoint | anybody: its quorum is verified first | [`NOTES_MAX`], one a size |
//!
//! **Invariant:** nothing is kept whose size a peer chooses. What is dropped is sent again by its owner, or asked for.

use std::collections::BTreeMap;

use biaozheng_ledger::limits::BLOCK_RECORDS_MAX;
use biaozheng_ledger::note::{NoteAlgorithm, NoteSignature, SignedNote};
use biaozheng_ledger::policy::Policy;

/// Longest line that is read, bytes: a name of 128, and a key id, a time and a signature in base64.
pub(super) const LINE_BYTES_MAX: usize = 256;
/// Bytes of a cosignature behind its key id: a time and a signature.
const COSIGNATURE_BYTES: usize = 72;
/// Sizes whose lines are kept of one peer.
pub(super) const LINES_OF_A_PEER_MAX: usize = 64;
/// Leaves that a tree may lie beyond this node's: as many full blocks as lines are kept of a peer.
const LEAVES_AHEAD_MAX: u64 = (LINES_OF_A_PEER_MAX * BLOCK_RECORDS_MAX) as u64;
/// Complete checkpoints, 64 KiB each at the most.
pub(super) const NOTES_MAX: usize = 16;

/// The line of a peer's own cosigner key, and that key's place in the policy; nothing for any other text.
pub(super) fn line_of(policy: &Policy, peer: &str, text: &str) -> Option<(usize, NoteSignature)> {
    if text.len() > LINE_BYTES_MAX {
        return None;
    }
    let line: NoteSignature = text.parse().ok()?;
    let is_its = |(_, key): &(String, biaozheng_ledger::note::NoteKey)| {
        key.algorithm() == NoteAlgorithm::CosignatureV1 && key.name() == peer && key.id() == line.key_id
    };
    let place = policy.witnesses().iter().position(is_its)?;
    (line.name == peer && line.bytes.len() == COSIGNATURE_BYTES).then_some((place, line))
}

/// Lines and notes ahead of this node's blocks.
#[derive(Debug, Default)]
pub(super) struct Early {
    /// By the cosigner's place in the policy, then by the tree's size.
    lines: BTreeMap<usize, BTreeMap<u64, NoteSignature>>,
    notes: BTreeMap<u64, SignedNote>,
}

impl Early {
    /// Keeps a line that [`line_of`] gave, for a tree of `size` leaves where this node's has `own`. The first one counts.
    pub(super) fn keep_line(&mut self, own: u64, size: u64, place: usize, line: NoteSignature) -> bool {
        if size <= own || size.saturating_sub(own) > LEAVES_AHEAD_MAX {
            return false;
        }
        let of_peer = self.lines.entry(place).or_default();
        if of_peer.len() >= LINES_OF_A_PEER_MAX || of_peer.contains_key(&size) {
            return false;
        }
        of_peer.insert(size, line);
        true
    }

    /// Keeps a note whose quorum was verified. Of too many the one farthest ahead goes.
    pub(super) fn keep_note(&mut self, size: u64, note: SignedNote) {
        self.notes.entry(size).or_insert(note);
        if self.notes.len() > NOTES_MAX {
            self.notes.pop_last();
        }
    }

    /// True where a note of this size is kept already: it need not be verified again.
    pub(super) fn has_note(&self, size: u64) -> bool {
        self.notes.contains_key(&size)
    }

    /// The lines for a tree just committed. Those for smaller trees belong to none and go.
    pub(super) fn take_lines(&mut self, size: u64) -> Vec<(usize, NoteSignature)> {
        let mut taken = Vec::new();
        for (place, of_peer) in &mut self.lines {
            let later = of_peer.split_off(&size.saturating_add(1));
            taken.extend(of_peer.remove(&size).map(|line| (*place, line)));
            *of_peer = later;
        }
        taken
    }

    /// The notes for trees this node has by now.
    pub(super) fn take_notes(&mut self, committed: u64) -> Vec<SignedNote> {
        let later = self.notes.split_off(&committed.saturating_add(1));
        std::mem::replace(&mut self.notes, later).into_values().collect()
    }

    #[cfg(test)]
    fn kept(&self) -> (usize, usize) {
        (self.lines.values().map(BTreeMap::len).sum(), self.notes.len())
    }
}

#[cfg(test)]
mod tests {
    use biaozheng_ledger::key::SecretKey;
    use biaozheng_ledger::note::NoteKey;

    use super::*;

    fn cosigner(name: &str, seed: u8) -> (NoteKey, SecretKey) {
        let secret = SecretKey::from_seed(&[seed; 32]);
        (NoteKey::new(name, NoteAlgorithm::CosignatureV1, secret.public()).unwrap(), secret)
    }

    fn policy(keys: &[NoteKey]) -> Policy {
        let log =
            NoteKey::new("log", NoteAlgorithm::Ed25519, SecretKey::from_seed(&[9; 32]).public()).unwrap();
        let witnesses = keys.iter().map(|key| (key.name().to_owned(), key.clone())).collect();
        Policy::of_quorum(vec![log], witnesses, 2)
    }

    #[test]
    fn only_a_peers_own_line_of_the_one_length_is_read() {
        let ((city, secret), (other, others)) = (cosigner("city", 1), cosigner("other", 2));
        let policy = policy(&[city.clone(), other.clone()]);
        let line = city.sign(&secret, "text\n", 7).to_string();
        assert!(line.len() <= LINE_BYTES_MAX);
        assert_eq!(line_of(&policy, "city", &line).unwrap().0, 0);
        assert!(line_of(&policy, "other", &line).is_none(), "another's key");
        assert!(line_of(&policy, "stranger", &line).is_none());
        assert!(line_of(&policy, "other", &other.sign(&others, "x\n", 7).to_string()).is_some());
        let long = NoteSignature { name: "city".into(), key_id: city.id(), bytes: vec![0; 3_000_000] };
        assert!(line_of(&policy, "city", &long.to_string()).is_none(), "4 MiB");
        let short = NoteSignature { bytes: vec![0; 64], ..long };
        assert!(line_of(&policy, "city", &short.to_string()).is_none(), "a log key's line");
        assert!(line_of(&policy, "city", "").is_none());
        let name = "标".repeat(42);
        let (longest, secret) = cosigner(&name, 3);
        let line = longest.sign(&secret, "text\n", u64::MAX).to_string();
        assert!(line_of(&tests::policy(&[longest]), &name, &line).is_some(), "{} bytes", line.len());
    }

    #[test]
    fn one_peer_fills_its_own_share_and_no_other_and_only_near_the_tip() {
        let (key, secret) = cosigner("city", 1);
        let line = key.sign(&secret, "text\n", 7);
        let mut early = Early::default();
        for size in [0, 99, 100, 101 + LEAVES_AHEAD_MAX, u64::MAX] {
            assert!(!early.keep_line(100, size, 0, line.clone()), "{size}");
        }
        for size in 101..10_000 {
            early.keep_line(100, size, 0, line.clone());
        }
        assert_eq!(early.kept(), (LINES_OF_A_PEER_MAX, 0));
        assert!(early.keep_line(100, 5000, 1, line.clone()), "another peer has its own");
        assert!(!early.keep_line(100, 5000, 1, line.clone()), "the first counts");
        // A block of 110: what stood for sizes that no block has goes.
        assert_eq!(early.take_lines(110), [(0, line.clone())]);
        assert_eq!(early.kept(), (LINES_OF_A_PEER_MAX - 10 + 1, 0));
        assert_eq!(early.take_lines(5000), [(1, line)]);
        assert_eq!(early.kept(), (0, 0));
    }

    #[test]
    fn notes_are_few_and_the_nearest_stay() {
        let mut early = Early::default();
        let note = |size: u64| SignedNote { text: format!("{size}\n"), signatures: Vec::new() };
        for size in (1..1000).rev() {
            early.keep_note(size, note(size));
        }
        assert_eq!(early.kept(), (0, NOTES_MAX));
        assert!(early.has_note(1) && !early.has_note(999));
        assert_eq!(early.take_notes(2), [note(1), note(2)]);
        assert_eq!(early.kept(), (0, NOTES_MAX - 2));
    }
}
