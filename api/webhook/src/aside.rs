//! Events a receiver refused for good, set aside so that what follows them goes on.
//!
//! ```text
//! FOLDER/<name>.aside.json  {"format":"biaozheng-webhook-aside/1","chain":"sha256:…","events":[
//!     {"event":"record_…","height":57,"position":2,"kind":"award.published/1","reason":"answered 422 …",
//!      "attempts":11,"set_aside_ms":1772414400125}]}
//! ```
//! **Invariant:** an event is on disk here before the hook's place moves past it, and leaves only once the receiver took
//! it or the operator dropped it: nothing is passed over in silence. The list is bounded; when it is full, the hook waits.

use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

use crate::event::Event;

const FORMAT: &str = "biaozheng-webhook-aside/1";
/// Events of one hook: beyond that its receiver wants something else.
const EVENTS_MAX: usize = 1000;
const FILE_BYTES_MAX: u64 = 4 * 1024 * 1024;
const REASON_CHARS_MAX: usize = 300;

/// Why events cannot be set aside.
#[derive(Debug, thiserror::Error)]
pub enum AsideError {
    #[error("{path}: {reason}", path = .path.display())]
    Io { path: PathBuf, reason: std::io::Error },
    #[error("{path} is not a list of events set aside: {reason}; move it away to go on without it", path = .path.display())]
    Damaged { path: PathBuf, reason: String },
    #[error("{path} belongs to another chain, {found}", path = .path.display())]
    OtherChain { path: PathBuf, found: String },
    #[error("{EVENTS_MAX} events are set aside already: send or drop them first (biaozheng webhook list)")]
    Full,
}

/// One event that was set aside; what it says is read from its block again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct SetAside {
    /// Its `webhook-id`.
    pub event: String,
    pub height: u64,
    pub position: u32,
    /// The record's type.
    pub kind: String,
    /// What the receiver answered last.
    pub reason: String,
    pub attempts: u32,
    pub set_aside_ms: u64,
}

impl SetAside {
    pub(crate) fn new(event: &Event, reason: &str, attempts: u32, now_ms: u64) -> Self {
        Self {
            event: event.id(),
            height: event.height,
            position: event.position,
            kind: event.kind.clone(),
            reason: reason.chars().take(REASON_CHARS_MAX).collect(),
            attempts,
            set_aside_ms: now_ms,
        }
    }
}

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    format: String,
    chain: String,
    events: Vec<SetAside>,
}

/// A hook's list.
#[derive(Debug)]
pub(crate) struct Aside {
    path: PathBuf,
    chain: String,
    events: Vec<SetAside>,
}

impl Aside {
    /// Reads a hook's list; an empty one where there is none.
    pub(crate) fn open(folder: &Path, name: &str, chain: &str) -> Result<Self, AsideError> {
        let path = folder.join(format!("{name}.aside.json"));
        let mut aside = Self { path, chain: chain.to_owned(), events: Vec::new() };
        let io = |reason| AsideError::Io { path: aside.path.clone(), reason };
        let damaged = |reason: String| AsideError::Damaged { path: aside.path.clone(), reason };
        let text = match std::fs::metadata(&aside.path) {
            Ok(found) if found.len() > FILE_BYTES_MAX => return Err(damaged("it is too large".to_owned())),
            Ok(_) => std::fs::read(&aside.path).map_err(io)?,
            Err(reason) if reason.kind() == std::io::ErrorKind::NotFound => return Ok(aside),
            Err(reason) => return Err(io(reason)),
        };
        let written: Written = serde_json::from_slice(&text).map_err(|error| damaged(error.to_string()))?;
        if written.format != FORMAT {
            return Err(damaged(format!("its format is {:?}", written.format)));
        }
        if written.chain != chain {
            return Err(AsideError::OtherChain { path: aside.path, found: written.chain });
        }
        aside.events = written.events;
        Ok(aside)
    }

    pub(crate) fn events(&self) -> &[SetAside] {
        &self.events
    }

    /// Adds an event, on disk; one that is there already stays as it is.
    pub(crate) fn add(&mut self, one: SetAside) -> Result<(), AsideError> {
        if self.events.iter().any(|there| there.event == one.event) {
            return Ok(());
        }
        if self.events.len() >= EVENTS_MAX {
            return Err(AsideError::Full);
        }
        self.events.push(one);
        self.save().inspect_err(|_| drop(self.events.pop()))
    }

    /// Takes an event out, on disk; true where it was there.
    pub(crate) fn remove(&mut self, event: &str) -> Result<bool, AsideError> {
        let Some(place) = self.events.iter().position(|there| there.event == event) else { return Ok(false) };
        let one = self.events.remove(place);
        if let Err(error) = self.save() {
            self.events.insert(place, one);
            return Err(error);
        }
        Ok(true)
    }

    fn save(&self) -> Result<(), AsideError> {
        let written =
            Written { format: FORMAT.to_owned(), chain: self.chain.clone(), events: self.events.clone() };
        let write = || biaozheng_files::put(&self.path, serde_json::to_string(&written)?.as_bytes());
        write().map_err(|reason| AsideError::Io { path: self.path.clone(), reason })
    }
}

#[cfg(test)]
mod tests {
    #![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::arithmetic_side_effects)]
    use super::*;

    fn one(number: usize) -> SetAside {
        SetAside {
            event: format!("record_{number}"),
            height: 1,
            position: 0,
            kind: "a.b/1".into(),
            reason: "answered 422".into(),
            attempts: 3,
            set_aside_ms: 5,
        }
    }

    #[test]
    fn the_list_is_read_back_bounded_and_of_one_chain() {
        let folder = tempfile::tempdir().unwrap();
        let mut aside = Aside::open(folder.path(), "a", "chain").unwrap();
        for number in 0..EVENTS_MAX {
            aside.events.push(one(number));
        }
        aside.events.pop();
        aside.add(one(EVENTS_MAX - 1)).unwrap();
        aside.add(one(3)).unwrap();
        assert_eq!(aside.events().len(), EVENTS_MAX, "the same event stands once");
        assert!(matches!(aside.add(one(EVENTS_MAX)), Err(AsideError::Full)));
        let mut again = Aside::open(folder.path(), "a", "chain").unwrap();
        assert_eq!(again.events(), aside.events());
        assert!(again.remove("record_0").unwrap() && !again.remove("record_0").unwrap());
        assert_eq!(Aside::open(folder.path(), "a", "chain").unwrap().events()[0], one(1));
        let other = Aside::open(folder.path(), "a", "other");
        assert!(matches!(other, Err(AsideError::OtherChain { .. })));
        std::fs::write(folder.path().join("a.aside.json"), "{}").unwrap();
        assert!(matches!(Aside::open(folder.path(), "a", "chain"), Err(AsideError::Damaged { .. })));
    }
}
