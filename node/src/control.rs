//! The node's control socket: what only the operator on this machine may ask of a running node.
//!
//! `HOME/control.sock`, readable by the node's own user only. One line of JSON in, one line out.
//! **Invariant:** nothing here changes the ledger; one request at a time, each line bounded.

use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, bail};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tracing::{info, warn};

use crate::shared::Shared;

mod place;

use place::Place;

/// Bytes of a request or an answer.
const LINE_BYTES_MAX: u64 = 64 * 1024;

/// What the operator asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Copies the store into a new folder while the node goes on.
    CopyStore { to: PathBuf },
}

/// What the node answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Done,
    Failed(String),
}

/// Where a node's socket is.
#[must_use]
pub fn socket_in(home: &Path) -> PathBuf {
    home.join("control.sock")
}

/// Serves requests until the node ends.
///
/// # Errors
/// When the socket cannot be made.
pub fn start(shared: Arc<Shared>) -> anyhow::Result<()> {
    let path = socket_in(&shared.config.home);
    // The store's lock is held: a socket that is there is an ended process'.
    if path.exists() {
        std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    let bind = || UnixListener::bind(Place::of(&path)?.path());
    let listener = bind().with_context(|| format!("control socket {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    tokio::spawn(async move {
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = serve(&shared, stream).await {
                        warn!(%error, "a request on the control socket failed");
                    }
                }
                Err(error) => {
                    warn!(%error, "the control socket ended");
                    return;
                }
            }
        }
    });
    Ok(())
}

async fn serve(shared: &Shared, stream: UnixStream) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    BufReader::new(read.take(LINE_BYTES_MAX)).read_line(&mut line).await?;
    let answer = match serde_json::from_str(&line) {
        Ok(Request::CopyStore { to }) => {
            info!(to = %to.display(), "copying the store");
            match tokio::task::block_in_place(|| shared.store.checkpoint_to(&to)) {
                Ok(()) => Answer::Done,
                Err(error) => Answer::Failed(error.to_string()),
            }
        }
        Err(error) => Answer::Failed(format!("not a request: {error}")),
    };
    write.write_all(format!("{}\n", serde_json::to_string(&answer)?).as_bytes()).await?;
    Ok(write.shutdown().await?)
}

/// Asks the running node of a folder; `None` when none runs there.
///
/// # Errors
/// When it runs and fails.
pub async fn ask(home: &Path, request: &Request) -> anyhow::Result<Option<()>> {
    let place = Place::of(&socket_in(home))?;
    let Ok(mut stream) = UnixStream::connect(place.path()).await else { return Ok(None) };
    stream.write_all(format!("{}\n", serde_json::to_string(request)?).as_bytes()).await?;
    let mut line = String::new();
    BufReader::new(stream.take(LINE_BYTES_MAX)).read_line(&mut line).await?;
    match serde_json::from_str(&line).context("the node ended before it answered")? {
        Answer::Done => Ok(Some(())),
        Answer::Failed(reason) => bail!("the node answered: {reason}"),
    }
}
