//! Policies with the times in which they held: a trust anchor that outlives its keys.
//!
//! ```json
//! {"format":"biaozheng-policies/1","policies":[
//!  {"policy":"log …\nquorum …\n","from_ms":1790000000000,"until_ms":1850000000000,
//!   "last_height":81234,"last_size":400001,"dating":"proven"},
//!  {"policy":"log …\nquorum …\n","from_ms":1850000000000}]}
//! ```
//! A cosigner's time is its own word, and keys that leak after their end can say any time. So an ended policy may ask
//! for dating `proven`: a trusted timestamp, or a trusted parent's block, from before its end.
//!
//! **Invariant:** a checkpoint is accepted under an entry only when every bound of that entry holds.

use serde::{Deserialize, Serialize};

use crate::ids::{Height, TimeMs};
use crate::json::from_strict;
use crate::limits::{DATED_POLICIES_BYTES_MAX, DATED_POLICIES_MAX};
use crate::note::SignedNote;
use crate::policy::{Cosigned, Policy, PolicyError};

/// The format this program writes and reads.
pub const POLICIES_FORMAT: &str = "biaozheng-policies/1";

/// What has to date a checkpoint of an ended policy.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Dating {
    /// The cosigners' own times.
    #[default]
    Claimed,
    /// These, and somebody trusted from outside the chain.
    Proven,
}

/// One policy and when it held. Bounds that are left out do not bind.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DatedPolicy {
    pub policy: Policy,
    /// Cosignatures from this time on.
    pub from: Option<TimeMs>,
    /// Cosignatures before this time.
    pub until: Option<TimeMs>,
    /// Height of the last block this quorum decided.
    pub last_height: Option<Height>,
    /// Leaves of the last tree this quorum signed.
    pub last_size: Option<u64>,
    pub dating: Dating,
}

/// Dated policies of one or several chains.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PolicyHistory {
    entries: Vec<DatedPolicy>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    format: String,
    policies: Vec<Entry>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    policy: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    from_ms: Option<TimeMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    until_ms: Option<TimeMs>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_height: Option<Height>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    last_size: Option<u64>,
    #[serde(default, skip_serializing_if = "is_claimed")]
    dating: Dating,
}

fn is_claimed(dating: &Dating) -> bool {
    *dating == Dating::Claimed
}

/// Why a text is not a file of dated policies, or no entry accepts a checkpoint.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum PolicyHistoryError {
    #[error("not a file of dated policies: {0}")]
    Json(String),
    #[error("1 to {DATED_POLICIES_MAX} policies in at most {DATED_POLICIES_BYTES_MAX} bytes")]
    Bounds,
    #[error("policy {0}: {1}")]
    Policy(usize, PolicyError),
    #[error("policy {0}: it asks for no cosigner")]
    NoQuorum(usize),
    #[error("policy {0}: it ends before it begins, or asks for a proven date and has no end")]
    Times(usize),
    #[error("no policy's quorum signed the checkpoint: {0}")]
    Unsigned(String),
    #[error("policy {entry}'s quorum signed the checkpoint, but {reason}")]
    OutOfTime { entry: usize, reason: String },
}

impl From<Policy> for PolicyHistory {
    /// One policy without an end.
    fn from(policy: Policy) -> Self {
        let entry = DatedPolicy {
            policy,
            from: None,
            until: None,
            last_height: None,
            last_size: None,
            dating: Dating::Claimed,
        };
        Self { entries: vec![entry] }
    }
}

impl PolicyHistory {
    /// # Errors
    /// [`PolicyHistoryError`] when there are none or too many, one asks for no cosigner, or its times make no sense.
    pub fn new(entries: Vec<DatedPolicy>) -> Result<Self, PolicyHistoryError> {
        if entries.is_empty() || entries.len() > DATED_POLICIES_MAX {
            return Err(PolicyHistoryError::Bounds);
        }
        for (number, entry) in (1usize..).zip(&entries) {
            if !entry.policy.needs_cosigners() {
                return Err(PolicyHistoryError::NoQuorum(number));
            }
            let backwards = matches!((entry.from, entry.until), (Some(from), Some(until)) if from >= until);
            if backwards || (entry.dating == Dating::Proven && entry.until.is_none()) {
                return Err(PolicyHistoryError::Times(number));
            }
        }
        Ok(Self { entries })
    }

    #[must_use]
    pub fn entries(&self) -> &[DatedPolicy] {
        &self.entries
    }

    /// Reads the file's form.
    ///
    /// # Errors
    /// [`PolicyHistoryError`].
    pub fn from_json(text: &[u8]) -> Result<Self, PolicyHistoryError> {
        if text.len() > DATED_POLICIES_BYTES_MAX {
            return Err(PolicyHistoryError::Bounds);
        }
        let file: File = from_strict(text).map_err(|error| PolicyHistoryError::Json(error.to_string()))?;
        if file.format != POLICIES_FORMAT {
            let found: String = file.format.chars().take(40).collect();
            return Err(PolicyHistoryError::Json(format!("format {found:?}")));
        }
        if file.policies.len() > DATED_POLICIES_MAX {
            return Err(PolicyHistoryError::Bounds);
        }
        let read = |(number, entry): (usize, Entry)| {
            let policy = entry.policy.parse().map_err(|error| PolicyHistoryError::Policy(number, error))?;
            Ok(DatedPolicy {
                policy,
                from: entry.from_ms,
                until: entry.until_ms,
                last_height: entry.last_height,
                last_size: entry.last_size,
                dating: entry.dating,
            })
        };
        Self::new((1usize..).zip(file.policies).map(read).collect::<Result<_, _>>()?)
    }

    #[must_use]
    pub fn to_json(&self) -> String {
        let policies = self.entries.iter().map(|entry| Entry {
            policy: entry.policy.to_string(),
            from_ms: entry.from,
            until_ms: entry.until,
            last_height: entry.last_height,
            last_size: entry.last_size,
            dating: entry.dating,
        });
        let file = File { format: POLICIES_FORMAT.to_owned(), policies: policies.collect() };
        let mut text =
            serde_json::to_string_pretty(&file).expect("strings, numbers and lists always serialise");
        text.push('\n');
        text
    }

    /// Finds the policy that held when a checkpoint was signed which proves a record of `height`. `dated_ms` is the
    /// earliest time somebody trusted from outside gives the checkpoint.
    ///
    /// # Errors
    /// [`PolicyHistoryError::Unsigned`], or [`PolicyHistoryError::OutOfTime`] naming the bound.
    pub fn judge(
        &self,
        note: &SignedNote,
        height: Height,
        dated_ms: Option<u64>,
    ) -> Result<String, PolicyHistoryError> {
        let (mut late, mut unsigned) = (None, None);
        for (number, entry) in (1usize..).zip(&self.entries) {
            match entry.policy.verify(note) {
                Err(error) => unsigned = Some(error.to_string()),
                Ok(cosigned) => match entry.check(&cosigned, height, dated_ms) {
                    Ok(()) => return Ok(entry.seen(number, &cosigned)),
                    Err(reason) => late = Some(PolicyHistoryError::OutOfTime { entry: number, reason }),
                },
            }
        }
        Err(late.unwrap_or_else(|| PolicyHistoryError::Unsigned(unsigned.unwrap_or_default())))
    }
}

impl DatedPolicy {
    fn check(&self, cosigned: &Cosigned, height: Height, dated_ms: Option<u64>) -> Result<(), String> {
        for (name, seconds) in &cosigned.cosigners {
            // A whole second is meant: it is inside when any instant of it is.
            let (first, last) =
                (seconds.saturating_mul(1000), seconds.saturating_mul(1000).saturating_add(999));
            if self.from.is_some_and(|from| last < from.get()) {
                return Err(format!("'{name}' signed at {seconds} s, before the policy held"));
            }
            if self.until.is_some_and(|until| first >= until.get()) {
                return Err(format!("'{name}' signed at {seconds} s, after the policy's end"));
            }
        }
        if let Some(last) = self.last_height.filter(|last| height > *last) {
            return Err(format!("the record is of block {height}, the policy's last is {last}"));
        }
        if let Some(last) = self.last_size.filter(|last| cosigned.checkpoint.size > *last) {
            let size = cosigned.checkpoint.size;
            return Err(format!("the tree has {size} leaves, the policy's last has {last}"));
        }
        match (self.dating, self.until, dated_ms) {
            (Dating::Proven, Some(until), Some(dated)) if dated >= until.get() => Err(format!(
                "nobody trusted saw it before the policy's end at {until} ms; the first did at {dated} ms"
            )),
            (Dating::Proven, Some(until), None) => {
                Err(format!("nobody trusted saw it before the policy's end at {until} ms"))
            }
            _ => Ok(()),
        }
    }

    fn seen(&self, number: usize, cosigned: &Cosigned) -> String {
        let names: Vec<_> = cosigned.cosigners.iter().map(|(name, _)| name.as_str()).collect();
        let end = self
            .until
            .map_or_else(|| "which holds".to_owned(), |until| format!("which held until {until} ms"));
        format!("policy {number} of your file, {end}: its quorum is reached by {}", names.join(", "))
    }
}
