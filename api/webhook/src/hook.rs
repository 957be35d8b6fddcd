//! One task for each hook: waits for blocks, sends their events in order, keeps the place.

use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use async_trait::async_trait;
use rand::Rng as _;
use tokio::task::JoinHandle;
use tracing::{error, info, warn};

use crate::aside::{Aside, AsideError};
use crate::backoff::Backoff;
use crate::cursor::{Cursor, CursorError};
use crate::delivery::{Answer, Receiver};
use crate::desk::{Desk, DeskError, Held, HookView, now_ms};
use crate::event::{Event, Filter};
use crate::settings::{HookSettings, SettingsError};
use crate::signature::SecretError;

/// How long one wait for a block lasts before it is begun again.
const WAIT: Duration = Duration::from_secs(30);
/// Blocks without an event for a hook after which its place is written down all the same.
const SAVE_EVERY_BLOCKS: u64 = 64;
/// Refusals for good before an event is set aside, however short the time: one may be a mistake.
const REFUSALS_MIN: u32 = 3;

/// Committed blocks, as `/v1/events` has them.
#[async_trait]
pub trait Source: Send + Sync + 'static {
    /// The newest committed block.
    fn height(&self) -> u64;
    /// Returns when this block is committed, or after the timeout.
    async fn committed(&self, height: u64, timeout: Duration);
    /// The records of a committed block that anyone may see now, in its order.
    ///
    /// # Errors
    /// When the store cannot be read.
    fn events(&self, height: u64) -> Result<Vec<Event>, SourceError>;
    /// A receiver took an event; for metrics.
    fn delivered(&self) {}
    /// An attempt failed; for metrics.
    fn failed(&self) {}
}

/// The node's own failure to read its blocks.
#[derive(Debug, Clone, thiserror::Error)]
#[error("{0}")]
pub struct SourceError(pub String);

/// Why hooks cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(transparent)]
    Settings(#[from] SettingsError),
    #[error(transparent)]
    Secret(#[from] SecretError),
    #[error(transparent)]
    Cursor(#[from] CursorError),
    #[error(transparent)]
    Aside(#[from] AsideError),
    #[error("no HTTP client: {0}")]
    Client(String),
}

/// Counted since the start, all hooks together.
#[derive(Debug, Default)]
struct Figures {
    delivered: AtomicU64,
    failed: AtomicU64,
}

/// A node's hooks; they end with this value.
pub struct Hooks {
    figures: Arc<Figures>,
    desks: Vec<Arc<Desk>>,
    tasks: Vec<JoinHandle<()>>,
}

impl fmt::Debug for Hooks {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.debug_struct("Hooks").field("hooks", &self.tasks.len()).field("figures", &self.figures).finish()
    }
}

impl Drop for Hooks {
    fn drop(&mut self) {
        self.tasks.iter().for_each(JoinHandle::abort);
    }
}

impl Hooks {
    /// Starts every hook where it stopped; a new one with the next block. `folder` is for the cursors.
    ///
    /// # Errors
    /// [`StartError`]: nothing runs then.
    pub fn start(
        hooks: &[HookSettings],
        folder: &Path,
        chain: &str,
        source: &Arc<dyn Source>,
    ) -> Result<Self, StartError> {
        HookSettings::check_all(hooks)?;
        let next = source.height().saturating_add(1);
        let figures = Arc::new(Figures::default());
        let ready = hooks.iter().map(|settings| {
            let first = settings.from_height.unwrap_or(next).max(1);
            let cursor = Cursor::open(folder, &settings.name, chain, first)?;
            let aside = Aside::open(folder, &settings.name, chain)?;
            let (name, receiver) = (settings.name.clone(), Receiver::new(settings)?);
            let source = Arc::clone(source);
            Ok(Hook {
                desk: Arc::new(Desk::new(name, chain.to_owned(), receiver, source, cursor.height, aside)),
                filter: Filter { kinds: settings.kinds.clone(), projects: settings.projects.clone() },
                set_aside_after_ms: match settings.set_aside_after_s {
                    0 => None,
                    seconds => Some(seconds.saturating_mul(1000)),
                },
                saved: cursor.height,
                cursor,
                figures: Arc::clone(&figures),
            })
        });
        let ready = ready.collect::<Result<Vec<_>, StartError>>()?;
        let desks = ready.iter().map(|hook| Arc::clone(&hook.desk)).collect();
        let tasks = ready.into_iter().map(|hook| tokio::spawn(hook.run())).collect();
        Ok(Self { figures, desks, tasks })
    }

    /// Events that receivers took.
    #[must_use]
    pub fn delivered(&self) -> u64 {
        self.figures.delivered.load(Ordering::Relaxed)
    }

    /// Attempts that failed.
    #[must_use]
    pub fn failed(&self) -> u64 {
        self.figures.failed.load(Ordering::Relaxed)
    }

    /// Blocks up to `height` that the hook furthest behind has not done.
    #[must_use]
    pub fn behind(&self, height: u64) -> u64 {
        let places = self.desks.iter().map(|desk| desk.place.load(Ordering::Relaxed));
        places.min().map_or(0, |next| height.saturating_add(1).saturating_sub(next))
    }

    /// Events that were refused for good and wait for the operator, all hooks together.
    #[must_use]
    pub fn set_aside(&self) -> usize {
        self.desks.iter().map(|desk| desk.aside_count()).sum()
    }

    /// Where each hook stands.
    #[must_use]
    pub fn views(&self) -> Vec<HookView> {
        self.desks.iter().map(|desk| desk.view()).collect()
    }

    fn desk(&self, name: &str) -> Result<&Arc<Desk>, DeskError> {
        let known = || self.desks.iter().map(|desk| desk.name.as_str()).collect::<Vec<_>>().join(", ");
        let found = self.desks.iter().find(|desk| desk.name == name);
        found.ok_or_else(|| DeskError::NoHook { name: name.to_owned(), known: known() })
    }

    /// Asks a hook to set aside the event it waits on, after the attempt under way; gives the event's id.
    ///
    /// # Errors
    /// When there is no such hook, or none of its events was refused.
    pub fn skip(&self, hook: &str) -> Result<String, DeskError> {
        self.desk(hook)?.ask_to_skip()
    }

    /// Sends an event that was set aside once more; it leaves the list when the receiver takes it.
    ///
    /// # Errors
    /// When it is not set aside, or not taken.
    pub async fn send_again(&self, hook: &str, event: &str) -> Result<(), DeskError> {
        self.desk(hook)?.send_again(event).await
    }

    /// Takes an event that was set aside out of the list; its receiver never hears of it.
    ///
    /// # Errors
    /// When it is not set aside, or the list cannot be written.
    pub fn drop_event(&self, hook: &str, event: &str) -> Result<(), DeskError> {
        self.desk(hook)?.drop_event(event)
    }
}

struct Hook {
    desk: Arc<Desk>,
    filter: Filter,
    /// `None`: never.
    set_aside_after_ms: Option<u64>,
    cursor: Cursor,
    /// The height of the cursor on disk.
    saved: u64,
    figures: Arc<Figures>,
}

/// The receiver wants nothing more.
struct Gone;

impl Hook {
    async fn run(mut self) {
        info!(hook = self.desk.name, height = self.cursor.height, "webhook starts");
        while self.block().await.is_ok() {}
        self.desk.has_gone();
        error!(
            hook = self.desk.name,
            "the receiver answered 410 Gone: this webhook rests until the node's next start"
        );
    }

    /// Waits for the next block and sends what it has for this hook.
    async fn block(&mut self) -> Result<(), Gone> {
        let height = self.cursor.height;
        while self.desk.source.height() < height {
            self.desk.source.committed(height, WAIT).await;
        }
        for event in self.events(height).await {
            if event.position >= self.cursor.position && self.filter.takes(&event) {
                self.deliver(&event).await?;
                self.cursor.position = event.position.saturating_add(1);
                self.save();
            }
        }
        self.cursor.height = height.saturating_add(1);
        self.cursor.position = 0;
        self.desk.place.store(self.cursor.height, Ordering::Relaxed);
        if self.cursor.height.saturating_sub(self.saved) >= SAVE_EVERY_BLOCKS {
            self.save();
        }
        Ok(())
    }

    async fn events(&self, height: u64) -> Vec<Event> {
        let mut backoff = Backoff::default();
        loop {
            match self.desk.source.events(height) {
                Ok(events) => return events,
                Err(error) => {
                    warn!(hook = self.desk.name, height, %error, "a block cannot be read for a webhook")
                }
            }
            tokio::time::sleep(backoff.next(chance(), None)).await;
        }
    }

    /// Returns once the receiver took the event, however long that takes, or it is set aside.
    async fn deliver(&self, event: &Event) -> Result<(), Gone> {
        let (id, body) = (event.id(), event.body(&self.desk.chain));
        let mut backoff = Backoff::default();
        loop {
            let (reason, again_after, for_good) = match self.desk.receiver.send(&id, &body).await {
                Answer::Taken => {
                    self.taken(event, backoff.failures());
                    return Ok(());
                }
                Answer::Gone => return Err(Gone),
                Answer::Failed { reason, again_after, for_good } => (reason, again_after, for_good),
            };
            self.figures.failed.fetch_add(1, Ordering::Relaxed);
            self.desk.source.failed();
            let held = self.desk.hold(event, &reason, for_good);
            let wait = backoff.next(chance(), again_after);
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            if self.is_refused(&held) && self.set_aside(event, &held) {
                return Ok(());
            }
            let told = match held.refusals {
                0 => "a webhook was not delivered",
                _ => {
                    "a webhook's receiver refuses an event, and those behind it wait; `biaozheng webhook skip` sets it aside"
                }
            };
            warn!(hook = self.desk.name, event = id, reason, wait_ms, "{told}");
            tokio::select! {
                () = tokio::time::sleep(wait) => {}
                () = self.desk.skip.notified() => {}
            }
            if self.desk.wants_skip() && self.set_aside(event, &held) {
                return Ok(());
            }
        }
    }

    fn taken(&self, event: &Event, failures: u32) {
        self.figures.delivered.fetch_add(1, Ordering::Relaxed);
        self.desk.source.delivered();
        if let Err(error) = self.desk.taken(event) {
            warn!(hook = self.desk.name, %error, "a webhook's list of events set aside cannot be written");
        }
        if failures > 0 {
            info!(hook = self.desk.name, failures, "the webhook's receiver is back");
        }
    }

    /// It was refused for good often and long enough that sending it on only holds up the rest.
    fn is_refused(&self, held: &Held) -> bool {
        let (Some(after_ms), Some(since_ms)) = (self.set_aside_after_ms, held.refused_since_ms) else {
            return false;
        };
        held.refusals >= REFUSALS_MIN && now_ms().saturating_sub(since_ms) >= after_ms
    }

    /// False where it cannot be written down: then the hook waits on.
    fn set_aside(&self, event: &Event, held: &Held) -> bool {
        match self.desk.set_aside(event, held) {
            Ok(()) => {
                error!(
                    hook = self.desk.name,
                    event = held.event,
                    height = event.height,
                    kind = event.kind,
                    reason = held.reason,
                    attempts = held.attempts,
                    "an event that the webhook's receiver refuses is set aside, and the next ones are sent; see `biaozheng webhook list` 接收方拒绝的事件已搁置"
                );
                true
            }
            Err(error) => {
                warn!(hook = self.desk.name, %error, "an event cannot be set aside; the webhook waits on it");
                false
            }
        }
    }

    /// A place that cannot be written costs a repetition after a restart, not an event.
    fn save(&mut self) {
        match self.cursor.save() {
            Ok(()) => self.saved = self.cursor.height,
            Err(error) => warn!(hook = self.desk.name, %error, "a webhook's place cannot be written"),
        }
    }
}

fn chance() -> u32 {
    rand::thread_rng().gen_range(0..=1000)
}
