//! Where a log is read from: a node's or mirror's URL, or a mirror's folder. Every answer is bounded in bytes
//! and time before it is taken, and its failures are told apart.

use std::path::PathBuf;
use std::time::Duration;

use biaozheng_connect::Trust;
use biaozheng_ledger::entry::LOG_ENTRY_BYTES_MAX;
use biaozheng_ledger::ids::{Height, RecordId};
use biaozheng_ledger::limits::NOTE_BYTES_MAX;
use biaozheng_ledger::note::SignedNote;
use biaozheng_ledger::tiles::{HASH_TILE_BYTES_MAX, MissingTile, Tile, TileError, TileReader};
use reqwest::{StatusCode, Url};

use crate::block_page::{BLOCK_PAGE, BLOCK_PAGE_BYTES_MAX, BlockPage};
use biaozheng_files as files;

const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);
/// Largest bundle of this log's entries, bytes.
const BUNDLE_BYTES_MAX: usize = 256 * (2 + LOG_ENTRY_BYTES_MAX);
/// Largest problem a node answers with, bytes.
const PROBLEM_BYTES_MAX: usize = 64 * 1024;
/// Most tiles one proof can need: two for each level of each of its sides.
const PROOF_TILES_MAX: usize = 64;

/// A log's address.
#[derive(Debug, Clone)]
pub struct Source {
    address: String,
    place: Place,
}

#[derive(Debug, Clone)]
enum Place {
    Http { client: reqwest::Client, base: Url },
    Folder(PathBuf),
}

/// Why a source did not give what was asked; never evidence of anything.
#[derive(Debug, thiserror::Error)]
pub enum SourceError {
    #[error("{0}: not a folder, nor an http:// or https:// address without query 地址无效")]
    Address(String),
    #[error("{at}: cannot be reached: {reason} 无法连接")]
    Unreachable { at: String, reason: String },
    #[error("{at}: is not there 不存在")]
    Missing { at: String },
    #[error("{at}: {what}")]
    Redirect { at: String, what: String },
    #[error("{at}: answered with status {status} 状态异常")]
    Status { at: String, status: u16 },
    #[error("{at}: oversized, more than {most} bytes 超过上限")]
    TooLarge { at: String, most: usize },
    #[error("{at}: garbage: {reason} 内容不是签名检查点")]
    Note { at: String, reason: String },
    #[error("{at}: garbage: {reason} 内容不是区块")]
    Block { at: String, reason: String },
    #[error("{at}: damaged tile: {error} 瓦片损坏")]
    Tile { at: String, error: TileError },
    #[error("{at}: {error}")]
    Disk { at: String, error: std::io::Error },
}

impl Source {
    /// An `http://` or `https://` address, or else a folder.
    ///
    /// # Errors
    /// [`SourceError::Address`].
    pub fn open(address: &str) -> Result<Self, SourceError> {
        let refuse = || SourceError::Address(address.to_owned());
        let named = address.trim_end_matches('/').to_owned();
        if !address.contains("://") {
            let folder = PathBuf::from(address);
            let place = Place::Folder(folder.is_dir().then_some(folder).ok_or_else(refuse)?);
            return Ok(Self { address: named, place });
        }
        let base = Url::parse(&format!("{named}/")).map_err(|_| refuse())?;
        if !matches!(base.scheme(), "http" | "https") || base.host_str().is_none() || base.query().is_some() {
            return Err(refuse());
        }
        let client = Trust::shared()
            .client_for(&base)
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(ANSWER_TIMEOUT)
            .build()
            .map_err(|_| refuse())?;
        Ok(Self { address: named, place: Place::Http { client, base } })
    }

    #[must_use]
    pub fn address(&self) -> &str {
        &self.address
    }

    /// The signed checkpoint as served; nothing about it is verified.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn checkpoint(&self) -> Result<SignedNote, SourceError> {
        let bytes = self.fetch("checkpoint", NOTE_BYTES_MAX).await?;
        let garbage = |reason: String| SourceError::Note { at: self.at("checkpoint"), reason };
        let text = String::from_utf8(bytes).map_err(|_| garbage("not text".into()))?;
        text.parse().map_err(|error: biaozheng_ledger::note::NoteError| garbage(error.to_string()))
    }

    /// The bytes of a tile of hashes, as many as it is wide.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn hashes(&self, tile: &Tile) -> Result<Vec<u8>, SourceError> {
        let (served, mut bytes) = self.tile(tile, HASH_TILE_BYTES_MAX).await?;
        served.decode_hashes(&bytes).map_err(|error| self.damaged(&served, error))?;
        bytes.truncate(usize::from(tile.width()).saturating_mul(32));
        Ok(bytes)
    }

    /// The entries of a bundle, as many as it is wide.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn entries(&self, tile: &Tile) -> Result<Vec<Vec<u8>>, SourceError> {
        let (served, bytes) = self.tile(tile, BUNDLE_BYTES_MAX).await?;
        let entries = served.decode_entries(&bytes).map_err(|error| self.damaged(&served, error))?;
        Ok(entries.into_iter().take(usize::from(tile.width())).map(<[u8]>::to_vec).collect())
    }

    /// Runs a computation over the tree of `size` leaves, fetching the tiles it lacks.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn compute<T>(
        &self,
        size: u64,
        computation: impl Fn(&TileReader) -> Result<T, MissingTile>,
    ) -> Result<T, SourceError> {
        let mut reader = TileReader::new(size);
        let mut last = None;
        for _ in 0..PROOF_TILES_MAX {
            match computation(&reader) {
                Ok(value) => return Ok(value),
                Err(MissingTile(tile)) => {
                    let bytes = self.hashes(&tile).await?;
                    reader.insert(&tile, &bytes).map_err(|error| self.damaged(&tile, error))?;
                    last = Some(tile);
                }
            }
        }
        let at = last.map_or_else(|| self.address.clone(), |tile| self.at(&tile.to_string()));
        Err(SourceError::TooLarge { at, most: PROOF_TILES_MAX.saturating_mul(HASH_TILE_BYTES_MAX) })
    }

    /// A partial tile may be gone once the full one is there.
    async fn tile(&self, tile: &Tile, most: usize) -> Result<(Tile, Vec<u8>), SourceError> {
        match self.fetch(&tile.to_string(), most).await {
            Err(SourceError::Missing { at }) if !tile.is_full() => {
                let full = tile.full();
                match self.fetch(&full.to_string(), most).await {
                    Ok(bytes) => Ok((full, bytes)),
                    Err(SourceError::Missing { .. }) => Err(SourceError::Missing { at }),
                    Err(error) => Err(error),
                }
            }
            other => Ok((*tile, other?)),
        }
    }

    fn damaged(&self, tile: &Tile, error: TileError) -> SourceError {
        SourceError::Tile { at: self.at(&tile.to_string()), error }
    }

    fn at(&self, path: &str) -> String {
        format!("{}/{path}", self.address)
    }

    /// True for what may serve blocks: a mirror's folder holds the log alone.
    #[must_use]
    pub const fn is_server(&self) -> bool {
        matches!(self.place, Place::Http { .. })
    }

    /// A block as it was decided, with a page of its records behind position `after`; `None` where it is not served.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn block(&self, height: Height, after: Option<&str>) -> Result<Option<BlockPage>, SourceError> {
        let mut path = format!("v1/blocks/{height}/records?limit={BLOCK_PAGE}");
        if let Some(after) = after {
            // A cursor is a position; anything else would be another question.
            let position: u32 =
                after.parse().map_err(|_| self.no_block(&path, "its cursor is not a position"))?;
            path = format!("{path}&after={position}");
        }
        match self.fetch(&path, BLOCK_PAGE_BYTES_MAX).await {
            Ok(bytes) => BlockPage::read(&bytes).map(Some).map_err(|reason| self.no_block(&path, &reason)),
            Err(SourceError::Missing { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// What the node says of a record it refused after its receipt, as it stands in the problem it answers with; `None`
    /// where it says nothing of the kind. Nothing about it is verified.
    ///
    /// # Errors
    /// [`SourceError`].
    pub async fn refusal(&self, record: &RecordId) -> Result<Option<String>, SourceError> {
        let Place::Http { client, base } = &self.place else { return Ok(None) };
        let (path, at) = (format!("v1/records/{record}"), self.at("v1/records"));
        let url = base.join(&path).map_err(|_| SourceError::Address(at.clone()))?;
        let answer = client.get(url).send().await.map_err(|error| unreachable(&at, &error))?;
        if answer.status() != StatusCode::GONE {
            return Ok(None);
        }
        let problem: Option<serde_json::Value> =
            serde_json::from_slice(&bytes(at, answer, PROBLEM_BYTES_MAX).await?).ok();
        Ok(problem.and_then(|problem| problem.get("refusal").map(ToString::to_string)))
    }

    /// What a page of a block is not.
    pub(crate) fn no_block(&self, path: &str, reason: &str) -> SourceError {
        SourceError::Block { at: self.at(path), reason: reason.to_owned() }
    }

    async fn fetch(&self, path: &str, most: usize) -> Result<Vec<u8>, SourceError> {
        let at = self.at(path);
        match &self.place {
            Place::Folder(folder) => match files::read(&folder.join(path), most) {
                Ok(Some(bytes)) => Ok(bytes),
                Ok(None) => Err(SourceError::Missing { at }),
                Err(error) if error.kind() == std::io::ErrorKind::FileTooLarge => {
                    Err(SourceError::TooLarge { at, most })
                }
                Err(error) => Err(SourceError::Disk { at, error }),
            },
            Place::Http { client, base } => {
                let url = base.join(path).map_err(|_| SourceError::Address(at.clone()))?;
                let answer = client.get(url).send().await.map_err(|error| unreachable(&at, &error))?;
                read(at, answer, most).await
            }
        }
    }
}

/// A successful answer's body, never more than `most` bytes of it.
async fn read(at: String, answer: reqwest::Response, most: usize) -> Result<Vec<u8>, SourceError> {
    if let Some(what) = biaozheng_connect::redirect(&answer) {
        return Err(SourceError::Redirect { at, what });
    }
    match answer.status() {
        StatusCode::OK => {}
        StatusCode::NOT_FOUND => return Err(SourceError::Missing { at }),
        status => return Err(SourceError::Status { at, status: status.as_u16() }),
    }
    bytes(at, answer, most).await
}

async fn bytes(at: String, mut answer: reqwest::Response, most: usize) -> Result<Vec<u8>, SourceError> {
    let mut bytes = Vec::new();
    loop {
        match answer.chunk().await {
            Ok(Some(chunk)) if bytes.len().saturating_add(chunk.len()) > most => {
                return Err(SourceError::TooLarge { at, most });
            }
            Ok(Some(chunk)) => bytes.extend_from_slice(&chunk),
            Ok(None) => return Ok(bytes),
            Err(error) => return Err(unreachable(&at, &error)),
        }
    }
}

pub(crate) fn unreachable(at: &str, error: &reqwest::Error) -> SourceError {
    SourceError::Unreachable { at: at.to_owned(), reason: biaozheng_connect::reason(error) }
}
