//! A venue's log of events: a file of JSON lines, of which the ledger gets salted digests only, one record a line.
//!
//! A line is `{"event":"entry","at_ms":1790000000000,"person":"E-017","note":"…"}`: the event's word, the time by the
//! recorder's clock, who it was about where it was about somebody, and a note. The file and its salt stay with the
//! recorder; with both anyone can be shown which line a record is of.
//!
//! **Invariant:** nothing of a line but event and time leaves the machine: person and line go through the salt.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::path::{Path, PathBuf};

use biaozheng_contracts::oversight::sitting::{Logged, VenueEvent, is_of_session};
use biaozheng_ledger::digest::{Digest, FieldHasher};
use biaozheng_ledger::ids::{DocumentDigest, OrgId, ProjectId, SittingId, TimeMs};
use serde::Deserialize;
use zeroize::Zeroizing;

/// The record type whose body a [`Logged`] is.
pub const LOG_RECORD_TYPE: &str = "witness.logged/1";

/// Most lines of one venue's log.
pub const EVENTS_MAX: usize = 100_000;

/// Longest file, bytes.
const FILE_BYTES_MAX: u64 = 64 * 1024 * 1024;

/// Why a log cannot be read.
#[derive(Debug, thiserror::Error)]
pub enum EventsError {
    #[error("{path}: {source}")]
    Read { path: PathBuf, source: std::io::Error },
    #[error("{0} has more than 64 MiB or {EVENTS_MAX} lines")]
    TooLarge(PathBuf),
    #[error("{path}, line {line}: {reason}")]
    Line { path: PathBuf, line: usize, reason: String },
    #[error("{0} is no salt: it is 64 lower-case hexadecimal digits")]
    Salt(PathBuf),
    #[error(
        "{path}, line {line}: is not what was recorded, or what was recorded before it is missing; check the log"
    )]
    Changed { path: PathBuf, line: usize },
}

/// What makes digests of few possible texts useless to guess at.
#[derive(Clone, Debug)]
pub struct EventSalt(Zeroizing<[u8; 32]>);

impl EventSalt {
    /// # Errors
    /// [`EventsError::Salt`], naming the file the digits are from.
    pub fn from_digits(digits: &str, path: &Path) -> Result<Self, EventsError> {
        let mut salt = Zeroizing::new([0; 32]);
        let plain = !digits.bytes().any(|byte| byte.is_ascii_uppercase());
        match hex::decode_to_slice(digits.trim_end(), salt.as_mut_slice()) {
            Ok(()) if plain => Ok(Self(salt)),
            _ => Err(EventsError::Salt(path.to_owned())),
        }
    }
}

/// Whose log it is.
#[derive(Clone, Debug)]
pub struct EventLog {
    pub project: ProjectId,
    pub sitting: SittingId,
    /// The venue's centre.
    pub venue: OrgId,
    /// The recorder's clock minus the reference clock, milliseconds.
    pub clock_offset_ms: i64,
}

/// A line as written.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Line {
    event: VenueEvent,
    at_ms: TimeMs,
    #[serde(default)]
    person: Option<String>,
    /// Whatever the recorder adds; in the digest like the rest of the line.
    #[serde(default, rename = "note")]
    _note: Option<String>,
}

/// The records of a file, in its order, as they are or are to be on the ledger.
///
/// # Errors
/// [`EventsError`], naming the line.
pub fn entries(path: &Path, log: &EventLog, salt: &EventSalt) -> Result<Vec<Logged>, EventsError> {
    let failed = |source| EventsError::Read { path: path.to_owned(), source };
    let file = std::fs::File::open(path).map_err(failed)?;
    let mut text = String::new();
    file.take(FILE_BYTES_MAX.saturating_add(1)).read_to_string(&mut text).map_err(failed)?;
    if text.len() as u64 > FILE_BYTES_MAX || text.lines().count() > EVENTS_MAX {
        return Err(EventsError::TooLarge(path.to_owned()));
    }
    let entry = |(sequence, line): (u32, &str)| {
        let read: Line = serde_json::from_str(line).map_err(|error| EventsError::Line {
            path: path.to_owned(),
            line: sequence.try_into().unwrap_or(usize::MAX),
            reason: error.to_string(),
        })?;
        Ok(Logged {
            sitting: log.sitting.clone(),
            venue: Some(log.venue.clone()),
            sequence,
            event: read.event,
            person: read.person.map(|person| DocumentDigest::new(commitment(log, salt, &person))),
            at_ms: read.at_ms,
            clock_offset_ms: log.clock_offset_ms,
            detail: DocumentDigest::new(detail(log, salt, line)),
        })
    };
    (1u32..).zip(text.lines()).map(entry).collect()
}

/// A person of a sitting; the same in every line about them.
fn commitment(log: &EventLog, salt: &EventSalt, person: &str) -> Digest {
    FieldHasher::new("biaozheng/witness-person/v1")
        .field(log.project.as_str().as_bytes())
        .field(log.sitting.as_str().as_bytes())
        .field(salt.0.as_slice())
        .field(person.as_bytes())
        .finish()
}

fn detail(log: &EventLog, salt: &EventSalt, line: &str) -> Digest {
    FieldHasher::new("biaozheng/witness-event/v1")
        .field(log.project.as_str().as_bytes())
        .field(log.sitting.as_str().as_bytes())
        .field(log.venue.as_str().as_bytes())
        .field(salt.0.as_slice())
        .field(line.as_bytes())
        .finish()
}

/// A venue's log among the records of a sitting; an entry that names no venue is the hosting centre's.
pub fn of_venue<'a>(
    recorded: impl IntoIterator<Item = &'a Logged>,
    centre: &OrgId,
    log: &EventLog,
) -> Vec<Logged> {
    let ours =
        |one: &&Logged| one.sitting == log.sitting && one.venue.as_ref().unwrap_or(centre) == &log.venue;
    recorded.into_iter().filter(ours).cloned().collect()
}

/// The lines that are not recorded yet.
///
/// # Errors
/// [`EventsError::Changed`], when the file does not begin with what was recorded.
pub fn unrecorded(
    path: &Path,
    on_hand: Vec<Logged>,
    recorded: &[Logged],
) -> Result<Vec<Logged>, EventsError> {
    let same = on_hand.iter().zip(recorded).take_while(|(ours, theirs)| ours.detail == theirs.detail).count();
    if same < recorded.len() {
        return Err(EventsError::Changed { path: path.to_owned(), line: same.saturating_add(1) });
    }
    Ok(on_hand.into_iter().skip(same).collect())
}

/// A difference between a venue's log and what was recorded of it. Sequences and lines count from 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EventFinding {
    /// Recorded, and no longer in the file.
    Removed { sequence: usize },
    /// The line says something else than what was recorded.
    Altered { sequence: usize },
    /// In the file, and not recorded.
    Unrecorded { line: usize },
}

/// Holds a file against the records, by content: a removed line does not make the ones after it differ.
#[must_use]
pub fn compare_events(recorded: &[Logged], on_hand: &[Logged]) -> Vec<EventFinding> {
    let (mut next, mut line, mut found) = (0usize, 0usize, Vec::new());
    let (theirs, ours) = (places(recorded), places(on_hand));
    while next < recorded.len() || line < on_hand.len() {
        let pair = (recorded.get(next), on_hand.get(line));
        let (sequence, at) = (next.saturating_add(1), line.saturating_add(1));
        match pair {
            (Some(one), Some(other)) if one.detail == other.detail => {}
            (Some(_), Some(other)) if is_after(&theirs, other, next) => {
                found.push(EventFinding::Removed { sequence });
                next = sequence;
                continue;
            }
            (Some(one), Some(_)) if is_after(&ours, one, line) => {
                found.push(EventFinding::Unrecorded { line: at });
                line = at;
                continue;
            }
            (Some(_), Some(_)) => found.push(EventFinding::Altered { sequence }),
            (Some(_), None) => found.push(EventFinding::Removed { sequence }),
            (None, _) => found.push(EventFinding::Unrecorded { line: at }),
        }
        (next, line) = (sequence, at);
    }
    found
}

/// Where each line stands.
fn places(entries: &[Logged]) -> BTreeMap<Digest, Vec<usize>> {
    let mut found: BTreeMap<Digest, Vec<usize>> = BTreeMap::new();
    for (place, one) in entries.iter().enumerate() {
        found.entry(*one.detail.digest()).or_default().push(place);
    }
    found
}

fn is_after(places: &BTreeMap<Digest, Vec<usize>>, one: &Logged, place: usize) -> bool {
    let last = places.get(one.detail.digest()).and_then(|all| all.last());
    last.is_some_and(|last| *last > place)
}

/// Venues of the evaluation's session that have no log of this sitting, where it is one of the evaluation.
#[must_use]
pub fn venues_without_log(
    sitting: &SittingId,
    session: &[OrgId],
    recorded: &[Logged],
    centre: &OrgId,
) -> Vec<OrgId> {
    let logged = |venue: &OrgId| {
        let at = |one: &Logged| one.sitting == *sitting && one.venue.as_ref().unwrap_or(centre) == venue;
        recorded.iter().any(at)
    };
    session.iter().filter(|venue| is_of_session(sitting) && !logged(venue)).cloned().collect()
}

#[cfg(test)]
mod tests;
