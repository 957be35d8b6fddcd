//! How a command ends: the exit codes that scripts rely on.

use std::path::PathBuf;
use std::process::ExitCode;

use biaozheng_client::ClientError;
use biaozheng_connect::Trust;

/// How a command ended when it did not fail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Done,
    No,
    Unreachable,
    Unfinished,
    /// Only a node's own commands end so: its store, engine log or guard is damaged.
    Damaged,
}

impl From<Exit> for ExitCode {
    fn from(exit: Exit) -> Self {
        Self::from(match exit {
            Exit::Done => 0,
            Exit::No => 1,
            Exit::Unreachable => 2,
            Exit::Unfinished => 3,
            Exit::Damaged => 4,
        })
    }
}

/// How a command that failed ended: a node that cannot be reached, or takes nothing now, is told apart from a no.
#[must_use]
pub fn ended(error: &anyhow::Error) -> Exit {
    if error.chain().filter_map(|cause| cause.downcast_ref()).any(ClientError::is_temporary) {
        Exit::Unreachable
    } else {
        Exit::No
    }
}

/// What every client of this program trusts from now on; a node adds what its configuration names.
///
/// # Errors
/// When the file cannot be used.
pub fn trusting(authorities: Option<PathBuf>) -> anyhow::Result<()> {
    let Some(file) = authorities else { return Ok(()) };
    Ok(Trust::with_file(&file)?.share()?)
}

/// Runs a client's work on this thread.
///
/// # Errors
/// The work's own.
pub fn wait_for<T>(work: impl Future<Output = anyhow::Result<T>>) -> anyhow::Result<T> {
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(work)
}
