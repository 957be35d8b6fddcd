//! Documents to and from a node, never believed: what is fetched is hashed before it gets its name.

use std::path::Path;
use std::time::Duration;

use biaozheng_ledger::digest::DigestStream;
use biaozheng_ledger::ids::{DocumentDigest, RecordId};
use tokio::fs::File;
use tokio::io::AsyncWriteExt as _;

use crate::author::document_from_file;
use crate::client::Client;
use crate::error::ClientError;
use crate::transport::{ANSWER_TIMEOUT, Call, unexpected, unreachable};

/// What a slow line carries at least, bytes a second.
const BYTES_PER_S_MIN: u64 = 10_240;

type Answer<T> = Result<T, ClientError>;

/// How long so many bytes may take.
fn time_for(bytes: u64) -> Duration {
    ANSWER_TIMEOUT.saturating_add(Duration::from_secs(bytes.checked_div(BYTES_PER_S_MIN).unwrap_or(0)))
}

fn file_error(path: &Path) -> impl Fn(std::io::Error) -> ClientError {
    move |error| ClientError::File { path: path.display().to_string(), reason: error.to_string() }
}

impl Client {
    /// `PUT /v1/records/{record}/documents/{digest}`: sends a file that a committed record names. Sending it again is
    /// harmless.
    ///
    /// # Errors
    /// [`ClientError`]; a problem `not_found` when the record does not name this content, `pending` when it is not in
    /// a block yet.
    pub async fn put_document(&self, record: &RecordId, path: &Path) -> Answer<DocumentDigest> {
        let wrong = file_error(path);
        let reference = document_from_file(path, "application/octet-stream").map_err(&wrong)?;
        let file = File::open(path).await.map_err(&wrong)?;
        let (id, digest) = (record.to_string(), reference.digest.to_string());
        let body = (reqwest::Body::from(file), reference.size);
        self.transport
            .put(&["v1", "records", &id, "documents", &digest], body, time_for(reference.size))
            .await?;
        Ok(reference.digest)
    }

    /// `GET /v1/records/{record}/documents/{digest}`: writes the document to `to`, which must not exist, and gives its
    /// size. The file gets its name only when its bytes have the digest, and then is on disk.
    ///
    /// # Errors
    /// [`ClientError`]; more than `bytes_max` bytes, or others than the digest says, are
    /// [`ClientError::Unexpected`].
    pub async fn get_document(
        &self,
        record: &RecordId,
        digest: &DocumentDigest,
        to: &Path,
        bytes_max: u64,
    ) -> Answer<u64> {
        let wrong = file_error(to);
        if tokio::fs::try_exists(to).await.map_err(&wrong)? {
            return Err(wrong(std::io::ErrorKind::AlreadyExists.into()));
        }
        let mut name = to.as_os_str().to_owned();
        name.push(format!(".{:08x}.part", rand::random::<u32>()));
        let part = Path::new(&name);
        let fetched = self.fetch(record, digest, part, bytes_max).await;
        let kept = match fetched {
            // A link refuses to replace; a file system without links gets a plain new name.
            Ok(size) => match tokio::fs::hard_link(part, to).await {
                Ok(()) => Ok(size),
                Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => Err(wrong(error)),
                Err(_) => tokio::fs::rename(part, to).await.map(|()| size).map_err(&wrong),
            },
            Err(error) => Err(error),
        };
        let _ = tokio::fs::remove_file(part).await;
        let size = kept?;
        let place = to.to_owned();
        let synced = tokio::task::spawn_blocking(move || biaozheng_files::sync_name(&place)).await;
        synced.map_err(std::io::Error::other).flatten().map_err(&wrong)?;
        Ok(size)
    }

    async fn fetch(
        &self,
        record: &RecordId,
        digest: &DocumentDigest,
        part: &Path,
        bytes_max: u64,
    ) -> Answer<u64> {
        let wrong = file_error(part);
        let (id, name) = (record.to_string(), digest.to_string());
        let path = ["v1", "records", &id, "documents", &name];
        let (url, mut response) =
            self.transport.open(Call { timeout: time_for(bytes_max), ..Call::get(&path, &[]) }).await?;
        let mut file = File::create_new(part).await.map_err(&wrong)?;
        let (mut hash, mut left) = (DigestStream::default(), bytes_max);
        while let Some(piece) = response.chunk().await.map_err(|error| unreachable(&url, &error))? {
            let too_long = || unexpected(&url, format!("more than {bytes_max} bytes"));
            left = left.checked_sub(piece.len() as u64).ok_or_else(too_long)?;
            hash.update(&piece);
            file.write_all(&piece).await.map_err(&wrong)?;
        }
        file.sync_all().await.map_err(&wrong)?;
        let (found, size) = hash.finish();
        if found != *digest.digest() {
            return Err(unexpected(&url, format!("the bytes have the digest {found}")));
        }
        Ok(size)
    }
}
