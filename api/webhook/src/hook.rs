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

use crate::backoff::Backoff;
use crate::cursor::{Cursor, CursorError};
use crate::delivery::{Answer, Receiver};
use crate::event::{Event, Filter};
use crate::settings::{HookSettings, SettingsError};
use crate::signature::SecretError;

/// How long one wait for a block lasts before it is begun again.
const WAIT: Duration = Duration::from_secs(30);
/// Blocks without an event for a hook after which its place is written down all the same.
const SAVE_EVERY_BLOCKS: u64 = 64;

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
    /// Where each hook is, by its next block.
    places: Vec<Arc<AtomicU64>>,
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
            Ok(Hook {
                name: settings.name.clone(),
                receiver: Receiver::new(settings)?,
                filter: Filter { kinds: settings.kinds.clone(), projects: settings.projects.clone() },
                chain: chain.to_owned(),
                place: Arc::new(AtomicU64::new(cursor.height)),
                saved: cursor.height,
                cursor,
                source: Arc::clone(source),
                figures: Arc::clone(&figures),
            })
        });
        let ready = ready.collect::<Result<Vec<_>, StartError>>()?;
        let places = ready.iter().map(|hook| Arc::clone(&hook.place)).collect();
        let tasks = ready.into_iter().map(|hook| tokio::spawn(hook.run())).collect();
        Ok(Self { figures, places, tasks })
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
        let places = self.places.iter().map(|place| place.load(Ordering::Relaxed));
        places.min().map_or(0, |next| height.saturating_add(1).saturating_sub(next))
    }
}

struct Hook {
    name: String,
    receiver: Receiver,
    filter: Filter,
    chain: String,
    cursor: Cursor,
    /// The height of the cursor on disk.
    saved: u64,
    place: Arc<AtomicU64>,
    source: Arc<dyn Source>,
    figures: Arc<Figures>,
}

/// The receiver wants nothing more.
struct Gone;

impl Hook {
    async fn run(mut self) {
        info!(hook = self.name, height = self.cursor.height, "webhook starts");
        while self.block().await.is_ok() {}
        error!(
            hook = self.name,
            "the receiver answered 410 Gone: this webhook rests until the node's next start"
        );
    }

    /// Waits for the next block and sends what it has for this hook.
    async fn block(&mut self) -> Result<(), Gone> {
        let height = self.cursor.height;
        while self.source.height() < height {
            self.source.committed(height, WAIT).await;
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
        self.place.store(self.cursor.height, Ordering::Relaxed);
        if self.cursor.height.saturating_sub(self.saved) >= SAVE_EVERY_BLOCKS {
            self.save();
        }
        Ok(())
    }

    async fn events(&self, height: u64) -> Vec<Event> {
        let mut backoff = Backoff::default();
        loop {
            match self.source.events(height) {
                Ok(events) => return events,
                Err(error) => warn!(hook = self.name, height, %error, "a block cannot be read for a webhook"),
            }
            tokio::time::sleep(backoff.next(chance(), None)).await;
        }
    }

    /// Returns once the receiver took the event, however long that takes.
    async fn deliver(&self, event: &Event) -> Result<(), Gone> {
        let (id, body) = (event.id(), event.body(&self.chain));
        let mut backoff = Backoff::default();
        loop {
            let (reason, again_after) = match self.receiver.send(&id, &body).await {
                Answer::Taken => {
                    self.figures.delivered.fetch_add(1, Ordering::Relaxed);
                    self.source.delivered();
                    if backoff.failures() > 0 {
                        info!(
                            hook = self.name,
                            failures = backoff.failures(),
                            "the webhook's receiver is back"
                        );
                    }
                    return Ok(());
                }
                Answer::Gone => return Err(Gone),
                Answer::Failed { reason, again_after } => (reason, again_after),
            };
            self.figures.failed.fetch_add(1, Ordering::Relaxed);
            self.source.failed();
            let wait = backoff.next(chance(), again_after);
            let wait_ms = u64::try_from(wait.as_millis()).unwrap_or(u64::MAX);
            warn!(hook = self.name, event = id, reason, wait_ms, "a webhook was not delivered");
            tokio::time::sleep(wait).await;
        }
    }

    /// A place that cannot be written costs a repetition after a restart, not an event.
    fn save(&mut self) {
        match self.cursor.save() {
            Ok(()) => self.saved = self.cursor.height,
            Err(error) => warn!(hook = self.name, %error, "a webhook's place cannot be written"),
        }
    }
}

fn chance() -> u32 {
    rand::thread_rng().gen_range(0..=1000)
}
