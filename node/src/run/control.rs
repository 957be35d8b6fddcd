//! The node's control socket: what only the operator on this machine may ask of a running node.
//!
//! `HOME/control.sock`, readable by the node's own user only. One line of JSON in, one line out.
//! **Invariant:** nothing here changes the ledger; one request at a time, each line bounded, and neither a shortage nor a
//! caller that says nothing ends the socket.

use std::io::ErrorKind;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock, Weak};
use std::time::Duration;

use anyhow::{Context as _, bail};
use biaozheng_api::Shortage;
use biaozheng_store::Store;
use biaozheng_webhook::{HookView, Hooks};
use serde::{Deserialize, Serialize};
use tokio::io::{AsyncBufReadExt as _, AsyncReadExt as _, AsyncWriteExt as _, BufReader};
use tokio::net::{UnixListener, UnixStream};
use tracing::{info, warn};

mod place;

use place::Place;

/// Bytes of a request.
const REQUEST_BYTES_MAX: u64 = 64 * 1024;
/// Bytes of an answer: every webhook with every event set aside.
const ANSWER_BYTES_MAX: u64 = 16 * 1024 * 1024;
/// How long a caller may take for its line, and to take its answer.
const CALLER_TIMEOUT: Duration = Duration::from_secs(10);

/// What the operator asks.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Request {
    /// Copies the store into a new folder while the node goes on.
    CopyStore { to: PathBuf },
    /// Where each webhook stands, and what was set aside.
    Webhooks,
    /// Sets aside the event a webhook waits on.
    SkipEvent { hook: String },
    /// Sends an event that was set aside once more.
    SendEvent { hook: String, event: String },
    /// Takes an event that was set aside out of the list.
    DropEvent { hook: String, event: String },
}

/// What the node answers.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    Done,
    Webhooks(Vec<HookView>),
    /// The event that is meant.
    Event(String),
    Failed(String),
}

/// A node's webhooks, once they run.
pub type WebhookDesk = Arc<OnceLock<Weak<Hooks>>>;

/// Where a node's socket is.
#[must_use]
pub fn socket_in(home: &Path) -> PathBuf {
    home.join("control.sock")
}

/// Serves requests until the node ends.
///
/// # Errors
/// When the socket cannot be made.
pub fn start(home: &Path, store: Store, hooks: WebhookDesk) -> anyhow::Result<()> {
    let path = socket_in(home);
    // The store's lock is held: a socket that is there is an ended process'.
    if path.exists() {
        std::fs::remove_file(&path).with_context(|| path.display().to_string())?;
    }
    let bind = || UnixListener::bind(Place::of(&path)?.path());
    let listener = bind().with_context(|| format!("control socket {}", path.display()))?;
    std::fs::set_permissions(&path, std::fs::Permissions::from_mode(0o600))?;
    tokio::spawn(async move {
        let mut shortage = Shortage::of("control socket");
        loop {
            match listener.accept().await {
                Ok((stream, _)) => {
                    if let Err(error) = serve(&store, &hooks, stream).await {
                        warn!(%error, "a request on the control socket failed");
                    }
                }
                Err(error) => shortage.pass(&error).await,
            }
        }
    });
    Ok(())
}

async fn serve(store: &Store, hooks: &WebhookDesk, stream: UnixStream) -> anyhow::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut line = String::new();
    let mut reader = BufReader::new(read.take(REQUEST_BYTES_MAX));
    let heard = tokio::time::timeout(CALLER_TIMEOUT, reader.read_line(&mut line)).await;
    heard.context("the caller said nothing")??;
    let answer = match serde_json::from_str(&line) {
        Ok(request) => answer(store, hooks, request).await,
        Err(error) => Answer::Failed(format!("not a request: {error}")),
    };
    let text = format!("{}\n", serde_json::to_string(&answer)?);
    let told = async {
        write.write_all(text.as_bytes()).await?;
        write.shutdown().await
    };
    Ok(tokio::time::timeout(CALLER_TIMEOUT, told).await.context("the caller takes no answer")??)
}

async fn answer(store: &Store, hooks: &WebhookDesk, request: Request) -> Answer {
    if let Request::CopyStore { to } = request {
        info!(to = %to.display(), "copying the store");
        return match tokio::task::block_in_place(|| store.checkpoint_to(&to)) {
            Ok(()) => Answer::Done,
            Err(error) => Answer::Failed(error.to_string()),
        };
    }
    let Some(hooks) = hooks.get().and_then(Weak::upgrade) else {
        return Answer::Failed("the node's webhooks do not run yet; ask again 事件通知尚未启动".to_owned());
    };
    let done = match request {
        Request::CopyStore { .. } => return Answer::Done,
        Request::Webhooks => return Answer::Webhooks(hooks.views()),
        Request::SkipEvent { hook } => hooks.skip(&hook).map(Answer::Event),
        Request::SendEvent { hook, event } => hooks.send_again(&hook, &event).await.map(|()| Answer::Done),
        Request::DropEvent { hook, event } => hooks.drop_event(&hook, &event).map(|()| Answer::Done),
    };
    done.unwrap_or_else(|error| Answer::Failed(error.to_string()))
}

/// Asks the running node of a folder; `None` when none runs there.
///
/// # Errors
/// When it runs and fails, or cannot be asked.
pub async fn ask(home: &Path, request: &Request) -> anyhow::Result<Option<Answer>> {
    let path = socket_in(home);
    let place = Place::of(&path)?;
    let mut stream = match UnixStream::connect(place.path()).await {
        Ok(stream) => stream,
        // No socket, or one that an ended process left behind.
        Err(error) if matches!(error.kind(), ErrorKind::NotFound | ErrorKind::ConnectionRefused) => {
            return Ok(None);
        }
        Err(error) => {
            return Err(error).with_context(|| {
                format!(
                    "{}: the node's control socket cannot be reached 无法连接节点控制套接字",
                    path.display()
                )
            });
        }
    };
    let said = async {
        stream.write_all(format!("{}\n", serde_json::to_string(request)?).as_bytes()).await?;
        let mut line = String::new();
        BufReader::new(stream.take(ANSWER_BYTES_MAX)).read_line(&mut line).await?;
        anyhow::Ok(line)
    };
    let line = said.await.with_context(|| {
        format!("{}: the node did not take the request; its log says why 节点未接受请求", path.display())
    })?;
    match serde_json::from_str(&line).context("the node ended before it answered")? {
        Answer::Failed(reason) => bail!("the node answered: {reason}"),
        answer => Ok(Some(answer)),
    }
}
