//! A hook as its operator sees it: what it waits on, what was set aside, and what he may do about it.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use serde::{Deserialize, Serialize};
use tokio::sync::Notify;

use crate::aside::{Aside, AsideError, SetAside};
use crate::delivery::{Answer, Receiver};
use crate::event::Event;
use crate::hook::Source;

/// An event that was tried and not taken yet.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Its `webhook-id`.
    pub event: String,
    pub height: u64,
    pub position: u32,
    pub kind: String,
    /// Of the last attempt.
    pub reason: String,
    pub attempts: u32,
    pub since_ms: u64,
    /// Answers in a row, up to the last, that it will never be taken.
    pub refusals: u32,
    pub refused_since_ms: Option<u64>,
}

/// Where a hook stands.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct HookView {
    pub hook: String,
    /// The block whose events are sent next.
    pub height: u64,
    /// The receiver answered 410 and hears nothing until the node's next start.
    pub gone: bool,
    pub held: Option<Held>,
    pub aside: Vec<SetAside>,
}

/// Why an operator's wish cannot be met.
#[derive(Debug, thiserror::Error)]
pub enum DeskError {
    #[error("there is no webhook {name:?} 没有该事件通知; there are: {known}")]
    NoHook { name: String, known: String },
    #[error("webhook {0} waits on no event that was refused 没有被拒绝的事件")]
    NothingHeld(String),
    #[error("webhook {hook}: {event} is not set aside; see biaozheng webhook list 该事件未被搁置")]
    NotAside { hook: String, event: String },
    #[error("webhook {hook}: {event} was not taken: {reason} 接收方未接受")]
    NotTaken { hook: String, event: String, reason: String },
    #[error("the event's block cannot be read: {0}")]
    Block(String),
    #[error(transparent)]
    Aside(#[from] AsideError),
}

/// What a hook's task and its operator share.
pub(crate) struct Desk {
    pub(crate) name: String,
    pub(crate) chain: String,
    pub(crate) receiver: Receiver,
    pub(crate) source: Arc<dyn Source>,
    /// The next block.
    pub(crate) place: AtomicU64,
    state: Mutex<State>,
    /// The operator wants the held event set aside now.
    pub(crate) skip: Notify,
}

struct State {
    aside: Aside,
    held: Option<Held>,
    skip: bool,
    gone: bool,
}

pub(crate) fn now_ms() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

impl Desk {
    pub(crate) fn new(
        name: String,
        chain: String,
        receiver: Receiver,
        source: Arc<dyn Source>,
        place: u64,
        aside: Aside,
    ) -> Self {
        let state = Mutex::new(State { aside, held: None, skip: false, gone: false });
        Self { name, chain, receiver, source, place: AtomicU64::new(place), state, skip: Notify::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Notes an attempt that failed; gives how many there were and since when, and how many of the last ones say that it is never taken.
    pub(crate) fn hold(&self, event: &Event, reason: &str, for_good: bool) -> Held {
        let mut state = self.state();
        let id = event.id();
        let before = state.held.take().filter(|held| held.event == id);
        let refused = before.as_ref().filter(|_| for_good);
        let refusals = refused.map_or(0, |held| held.refusals).saturating_add(u32::from(for_good));
        let refused_since_ms = refused.and_then(|held| held.refused_since_ms);
        let held = Held {
            event: id,
            height: event.height,
            position: event.position,
            kind: event.kind.clone(),
            reason: reason.to_owned(),
            refusals,
            refused_since_ms: refused_since_ms.or(for_good.then(now_ms)),
            attempts: before.as_ref().map_or(0, |held| held.attempts).saturating_add(1),
            since_ms: before.map_or_else(now_ms, |held| held.since_ms),
        };
        state.held = Some(held.clone());
        held
    }

    /// The event was taken: nothing is held, and it is not set aside any more.
    pub(crate) fn taken(&self, event: &Event) -> Result<(), AsideError> {
        let mut state = self.state();
        (state.held, state.skip) = (None, false);
        state.aside.remove(&event.id()).map(drop)
    }

    pub(crate) fn wants_skip(&self) -> bool {
        self.state().skip
    }

    pub(crate) fn has_gone(&self) {
        self.state().gone = true;
    }

    /// Sets the held event aside, on disk; the hook then goes on behind it.
    pub(crate) fn set_aside(&self, event: &Event, held: &Held) -> Result<(), AsideError> {
        let mut state = self.state();
        state.skip = false;
        state.aside.add(SetAside::new(event, &held.reason, held.attempts, now_ms()))?;
        state.held = None;
        Ok(())
    }

    pub(crate) fn aside_count(&self) -> usize {
        self.state().aside.events().len()
    }

    pub(crate) fn view(&self) -> HookView {
        let state = self.state();
        HookView {
            hook: self.name.clone(),
            height: self.place.load(Ordering::Relaxed),
            gone: state.gone,
            held: state.held.clone(),
            aside: state.aside.events().to_vec(),
        }
    }

    /// Asks the hook's task to set aside what it waits on; gives that event's id.
    pub(crate) fn ask_to_skip(&self) -> Result<String, DeskError> {
        let mut state = self.state();
        let event = state.held.as_ref().map(|held| held.event.clone());
        let event = event.ok_or_else(|| DeskError::NothingHeld(self.name.clone()))?;
        state.skip = true;
        self.skip.notify_one();
        Ok(event)
    }

    fn find(&self, event: &str) -> Result<SetAside, DeskError> {
        let found = self.state().aside.events().iter().find(|one| one.event == event).cloned();
        found.ok_or_else(|| DeskError::NotAside { hook: self.name.clone(), event: event.to_owned() })
    }

    /// Sends an event that was set aside once more, as it was, signed anew; it leaves the list when it is taken.
    pub(crate) async fn send_again(&self, event: &str) -> Result<(), DeskError> {
        let one = self.find(event)?;
        let block = self.source.events(one.height).map_err(|error| DeskError::Block(error.0))?;
        let found = block.into_iter().find(|there| there.position == one.position && there.id() == event);
        let found =
            found.ok_or_else(|| DeskError::Block(format!("{event} is not in block {}", one.height)))?;
        let not_taken =
            |reason: String| DeskError::NotTaken { hook: self.name.clone(), event: event.to_owned(), reason };
        match self.receiver.send(event, &found.body(&self.chain)).await {
            Answer::Taken => {
                self.source.delivered();
                self.state().aside.remove(event)?;
                Ok(())
            }
            Answer::Gone => Err(not_taken("answered 410 Gone".to_owned())),
            Answer::Failed { reason, .. } => {
                self.source.failed();
                Err(not_taken(reason))
            }
        }
    }

    /// Takes an event out of the list without sending it.
    pub(crate) fn drop_event(&self, event: &str) -> Result<(), DeskError> {
        self.find(event)?;
        self.state().aside.remove(event)?;
        Ok(())
    }
}
