//! Where log lines go: standard error, or bounded files in a folder. Secrets never reach them: no secret type
//! of this workspace prints its content.

mod dialling;
mod rotating;

use anyhow::Context as _;
use tracing_appender::non_blocking::WorkerGuard;
use tracing_subscriber::filter::FilterExt as _;
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;
use tracing_subscriber::{EnvFilter, Layer as _};

use crate::run::config::{LogFormat, LogSettings};
use dialling::WithoutDials;
use rotating::RotatingFile;
pub use rotating::reopen;

/// Keeps the writer of log files alive; dropping it writes what still waits.
#[derive(Debug)]
#[must_use = "log lines are lost once this is dropped"]
pub struct LogGuard {
    _worker: Option<WorkerGuard>,
}

/// Starts logging for the whole program. To be called once.
///
/// # Errors
/// When the folder cannot be written, or logging was started before.
pub fn start(settings: &LogSettings) -> anyhow::Result<LogGuard> {
    let Some(directory) = &settings.directory else {
        install(settings, std::io::stderr)?;
        return Ok(LogGuard { _worker: None });
    };
    let file = RotatingFile::open(directory, settings.file_bytes_max, settings.files_max)
        .with_context(|| format!("log folder {}", directory.display()))?;
    // A full disk or a slow one must not stop a validator: lines beyond the queue are dropped and counted.
    let (writer, worker) = tracing_appender::non_blocking(file);
    install(settings, writer)?;
    Ok(LogGuard { _worker: Some(worker) })
}

fn install<W>(settings: &LogSettings, writer: W) -> anyhow::Result<()>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
{
    // The engine speaks of every round at info; who wants that names it: "info,arc_malachitebft=info".
    let level = &settings.level;
    let engine = if level.contains("arc_malachitebft") {
        ""
    } else {
        ",arc_malachitebft=warn,arc_malachitebft_discovery=error"
    };
    // The swarms of both networks tell of every connection.
    let swarm = if level.contains("libp2p") { "" } else { ",libp2p_swarm=warn" };
    let filter = EnvFilter::builder().parse(format!("{level}{engine}{swarm}")).context("log.level")?;
    let colours = settings.directory.is_none() && std::io::IsTerminal::is_terminal(&std::io::stderr());
    // Who opens the engine's log wants all of it.
    let dials = level.contains("arc_malachitebft");
    let lines = tracing_subscriber::fmt::layer().with_writer(writer).with_ansi(colours);
    let lines = match settings.format {
        LogFormat::Text => lines.boxed(),
        LogFormat::Json => lines.json().flatten_event(true).boxed(),
    };
    let shown = if dials {
        lines.with_filter(filter).boxed()
    } else {
        lines.with_filter(filter.and(WithoutDials)).boxed()
    };
    tracing_subscriber::registry().with(shown).try_init().map_err(|error| anyhow::anyhow!("logging: {error}"))
}
