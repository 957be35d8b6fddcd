//! C2SP tlog-policy: which log keys and which quorum of named cosigners make a checkpoint trusted.
//!
//! ```text
//! log <key text>
//! witness <name> <key text>
//! group <name> <all|any|number> <member>…
//! quorum <name>
//! ```

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::str::FromStr;

use crate::checkpoint::{Checkpoint, CheckpointError};
use crate::limits::POLICY_BYTES_MAX;
use crate::note::{NoteAlgorithm, NoteKey, NoteSignature, SignedNote, check_name};

/// What `quorum` names when no cosigner is asked for.
const NO_QUORUM: &str = "none";
/// The one group of a consortium's plain policy. No cosigner may have this name: it would be the quorum alone.
const PLAIN_GROUP: &str = "quorum-group";

/// A parsed policy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Policy {
    logs: Vec<NoteKey>,
    witnesses: Vec<(String, NoteKey)>,
    groups: Vec<Group>,
    quorum: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Group {
    name: String,
    threshold: usize,
    members: Vec<String>,
}

/// Why a text is not a policy, or a checkpoint does not satisfy it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PolicyError {
    #[error("policy line {line}: {expected}")]
    Line { line: usize, expected: &'static str },
    #[error("a policy names at least one log and exactly one quorum, in at most {POLICY_BYTES_MAX} bytes")]
    Incomplete,
    #[error(transparent)]
    Checkpoint(#[from] CheckpointError),
    #[error("no valid signature by a log key of the policy")]
    NoLogSignature,
    #[error("the quorum is not reached: valid cosignatures by {}", if .valid.is_empty() { "nobody".to_owned() } else { .valid.join(", ") })]
    NoQuorum { valid: Vec<String> },
}

/// What a satisfied policy saw.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cosigned {
    pub checkpoint: Checkpoint,
    /// Names and times (Unix seconds) of the valid cosignatures.
    pub cosigners: Vec<(String, u64)>,
    pub cosigners_known: usize,
}

impl Policy {
    /// The plain policy of a consortium: `threshold` of these cosigners.
    #[must_use]
    pub fn of_quorum(logs: Vec<NoteKey>, witnesses: Vec<(String, NoteKey)>, threshold: usize) -> Self {
        let members = witnesses.iter().map(|(name, _)| name.clone()).collect();
        let group = Group { name: PLAIN_GROUP.into(), threshold, members };
        Self { logs, witnesses, quorum: group.name.clone(), groups: vec![group] }
    }

    #[must_use]
    pub fn logs(&self) -> &[NoteKey] {
        &self.logs
    }

    #[must_use]
    pub fn witnesses(&self) -> &[(String, NoteKey)] {
        &self.witnesses
    }

    /// The threshold, when the policy has the plain form of [`Policy::of_quorum`].
    #[must_use]
    pub fn plain_threshold(&self) -> Option<usize> {
        match self.groups.as_slice() {
            [group] => {
                let plain = Self::of_quorum(self.logs.clone(), self.witnesses.clone(), group.threshold);
                (plain == *self).then_some(group.threshold)
            }
            _ => None,
        }
    }

    /// False for `quorum none`: one log key alone would make a checkpoint trusted.
    #[must_use]
    pub fn needs_cosigners(&self) -> bool {
        self.quorum != NO_QUORUM
    }

    /// Checks a signed checkpoint: a log key signed it, and the quorum of cosigners did.
    ///
    /// Lines by unknown keys are passed over, as C2SP asks.
    ///
    /// # Errors
    /// [`PolicyError`] saying whose valid cosignatures were found.
    pub fn verify(&self, note: &SignedNote) -> Result<Cosigned, PolicyError> {
        let checkpoint: Checkpoint = note.text.parse()?;
        let origin = checkpoint.origin.as_str();
        if !self.logs.iter().any(|key| key.name() == origin && key.find_valid(note).is_some()) {
            return Err(PolicyError::NoLogSignature);
        }
        let cosigners: Vec<(String, u64)> = self
            .witnesses
            .iter()
            .filter_map(|(name, key)| key.find_valid(note).map(|time| (name.clone(), time)))
            .collect();
        let mut reached: BTreeSet<&str> = cosigners.iter().map(|(name, _)| name.as_str()).collect();
        for group in &self.groups {
            if group.members.iter().filter(|name| reached.contains(name.as_str())).count() >= group.threshold
            {
                reached.insert(&group.name);
            }
        }
        if self.needs_cosigners() && !reached.contains(self.quorum.as_str()) {
            return Err(PolicyError::NoQuorum {
                valid: cosigners.into_iter().map(|(name, _)| name).collect(),
            });
        }
        Ok(Cosigned { checkpoint, cosigners, cosigners_known: self.witnesses.len() })
    }

    /// The note without lines that are not valid ones by a key of this policy: what the consortium itself signed.
    #[must_use]
    pub fn own_lines(&self, note: &SignedNote) -> SignedNote {
        let alone =
            |line: &NoteSignature| SignedNote { text: note.text.clone(), signatures: vec![line.clone()] };
        let own = |line: &&NoteSignature| self.first_foreign_line(&alone(line)).is_none();
        SignedNote {
            text: note.text.clone(),
            signatures: note.signatures.iter().filter(own).cloned().collect(),
        }
    }

    /// The first signature line that is not a valid one by a key of this policy, if any. A certificate
    /// carries none such: what is in it must all be true.
    #[must_use]
    pub fn first_foreign_line(&self, note: &SignedNote) -> Option<usize> {
        self.first_foreign_line_beside(note, &[])
    }

    /// The same, where valid lines by these outside witnesses may stand beside those of the policy.
    #[must_use]
    pub fn first_foreign_line_beside(&self, note: &SignedNote, outside: &[NoteKey]) -> Option<usize> {
        let keys: BTreeMap<(&str, [u8; 4]), &NoteKey> = self
            .logs
            .iter()
            .chain(self.witnesses.iter().map(|(_, key)| key))
            .chain(outside)
            .map(|key| ((key.name(), key.id()), key))
            .collect();
        note.signatures.iter().enumerate().position(|(index, line)| {
            let earlier = note.signatures.iter().take(index);
            let repeated =
                earlier.clone().any(|other| other.name == line.name && other.key_id == line.key_id);
            let alone = SignedNote { text: note.text.clone(), signatures: vec![line.clone()] };
            let valid = keys
                .get(&(line.name.as_str(), line.key_id))
                .is_some_and(|key| key.find_valid(&alone).is_some());
            repeated || !valid
        })
    }
}

impl fmt::Display for Policy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.logs.iter().try_for_each(|key| writeln!(f, "log {key}"))?;
        self.witnesses.iter().try_for_each(|(name, key)| writeln!(f, "witness {name} {key}"))?;
        for group in &self.groups {
            writeln!(f, "group {} {} {}", group.name, group.threshold, group.members.join(" "))?;
        }
        writeln!(f, "quorum {}", self.quorum)
    }
}

impl FromStr for Policy {
    type Err = PolicyError;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text.len() > POLICY_BYTES_MAX {
            return Err(PolicyError::Incomplete);
        }
        let mut reader = Reader::default();
        for (index, line) in text.lines().enumerate() {
            let line = line.trim();
            if line.is_empty() || line.starts_with('#') {
                continue;
            }
            reader
                .line(line)
                .map_err(|expected| PolicyError::Line { line: index.saturating_add(1), expected })?;
        }
        reader.finish().ok_or(PolicyError::Incomplete)
    }
}

#[derive(Default)]
struct Reader {
    logs: Vec<NoteKey>,
    witnesses: Vec<(String, NoteKey)>,
    groups: Vec<Group>,
    names: BTreeSet<String>,
    quorum: Option<String>,
}

impl Reader {
    fn line(&mut self, line: &str) -> Result<(), &'static str> {
        let words: Vec<&str> = line.split_whitespace().collect();
        match words.as_slice() {
            ["log", key, ..] if words.len() <= 3 => {
                let key: NoteKey = key.parse().map_err(|_| "the log's key text is damaged")?;
                if key.algorithm() != NoteAlgorithm::Ed25519 {
                    return Err("a log signs with algorithm 1");
                }
                self.logs.push(key);
            }
            ["witness", name, key, ..] if words.len() <= 4 => {
                let parsed: NoteKey = key.parse().map_err(|_| "the witness's key text is damaged")?;
                if parsed.algorithm() != NoteAlgorithm::CosignatureV1 {
                    return Err("a witness signs with algorithm 4");
                }
                // Compare the bare key: under two names it would count twice towards the quorum.
                if self.witnesses.iter().any(|(_, other)| other.key() == parsed.key()) {
                    return Err("the same key stands under two names");
                }
                self.claim(name)?;
                self.witnesses.push(((*name).to_owned(), parsed));
            }
            ["group", name, threshold, members @ ..] => {
                let threshold = match *threshold {
                    "any" => 1,
                    "all" => members.len(),
                    number => number.parse().map_err(|_| "a threshold is 'any', 'all' or a number")?,
                };
                let distinct: BTreeSet<_> = members.iter().collect();
                if threshold == 0 || threshold > members.len() || distinct.len() != members.len() {
                    return Err("a group needs 1 to all of its members, each once");
                }
                if !members.iter().all(|member| self.names.contains(*member)) {
                    return Err("a group names witnesses and groups of earlier lines");
                }
                self.claim(name)?;
                let members = members.iter().map(|member| (*member).to_owned()).collect();
                self.groups.push(Group { name: (*name).to_owned(), threshold, members });
            }
            ["quorum", name] => {
                if self.quorum.is_some() || !(*name == NO_QUORUM || self.names.contains(*name)) {
                    return Err("one quorum, naming a witness or group of an earlier line");
                }
                self.quorum = Some((*name).to_owned());
            }
            _ => return Err("expected 'log', 'witness', 'group' or 'quorum'"),
        }
        Ok(())
    }

    fn claim(&mut self, name: &str) -> Result<(), &'static str> {
        check_name(name).map_err(|_| "a name has no space and no '+'")?;
        if name == NO_QUORUM || !self.names.insert(name.to_owned()) {
            return Err("the name is taken");
        }
        Ok(())
    }

    fn finish(self) -> Option<Policy> {
        let quorum = self.quorum?;
        if self.logs.is_empty() {
            return None;
        }
        Some(Policy { logs: self.logs, witnesses: self.witnesses, groups: self.groups, quorum })
    }
}
