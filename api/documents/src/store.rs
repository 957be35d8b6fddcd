//! The store of documents: takes, gives and finds them by digest.

use std::fmt;
use std::fmt::Display;
use std::path::Path as FolderPath;
use std::sync::Arc;

use biaozheng_ledger::ids::DocumentDigest;
use bytes::Bytes;
use futures::{Stream, StreamExt as _};
use object_store::local::LocalFileSystem;
use object_store::path::Path;
use object_store::{CopyMode, CopyOptions, Error, ObjectStore, ObjectStoreExt as _};
use tokio::sync::Semaphore;
use tracing::{error, info};

use crate::error::{GetError, OpenError, PutError};
use crate::incoming::{Incoming, store_failed};
use crate::layout;
use crate::limits::{LEFTOVER_AGE_S, Limits};
use crate::probe::probe;
use crate::reading::DocumentBody;
use crate::s3;
use crate::settings::{DocumentSettings, Place};

/// How a document came to be here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Put {
    /// By this call.
    Stored,
    /// It was here, and is whole.
    AlreadyThere,
}

/// Documents by digest. Cheap to clone; clones share their limits.
#[derive(Clone)]
pub struct DocumentStore(Arc<Inner>);

struct Inner {
    objects: Arc<dyn ObjectStore>,
    place: String,
    limits: Limits,
    /// It creates an object only if there is none, in one step.
    creates_only: bool,
    /// A damaged document may give way to the right one.
    may_replace: bool,
    uploads: Arc<Semaphore>,
    downloads: Arc<Semaphore>,
}

impl fmt::Debug for DocumentStore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("DocumentStore").field("place", &self.0.place).finish_non_exhaustive()
    }
}

impl DocumentStore {
    /// Makes the folder if there is none, or asks the bucket whether it keeps what is there; and deletes what a crash
    /// left behind.
    ///
    /// # Errors
    /// [`OpenError`]; only [`OpenError::Unusable`] may pass by itself.
    pub async fn open(settings: &DocumentSettings) -> Result<Self, OpenError> {
        settings.check()?;
        let limits = settings.limits();
        let (objects, place, write_once) = match settings.place()? {
            Place::Local(folder) => (open_folder(folder)?, format!("the folder {}", folder.display()), false),
            Place::S3(bucket) => (s3::open(&bucket)?, s3::name(&bucket), settings.write_once),
        };
        let local = matches!(settings.place()?, Place::Local(_));
        if !local {
            probe(&*objects, &place, write_once).await?;
            delete_leftovers(&*objects).await;
        }
        Ok(Self(Arc::new(Inner {
            objects,
            place,
            limits,
            creates_only: local || write_once,
            may_replace: !write_once,
            uploads: Arc::new(Semaphore::new(limits.uploads_max)),
            downloads: Arc::new(Semaphore::new(limits.downloads_max)),
        })))
    }

    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.0.limits
    }

    /// Takes a document: hashes and counts it while writing it aside, and lets it be seen only if both are right. When
    /// this returns it is on disk. It goes on when its caller does not wait.
    ///
    /// # Errors
    /// [`PutError`]; then nothing of it is to be seen.
    pub async fn put<S, E>(&self, digest: DocumentDigest, size: u64, body: S) -> Result<Put, PutError>
    where
        S: Stream<Item = Result<Bytes, E>> + Send + 'static,
        E: Display + Send + 'static,
    {
        let most = self.0.limits.document_bytes_max;
        if size > most {
            return Err(PutError::TooLarge { size, most });
        }
        let permit = Arc::clone(&self.0.uploads).try_acquire_owned().map_err(|_| PutError::Busy)?;
        let store = self.clone();
        // In a task: a caller who goes away must not leave a temporary object.
        let task = tokio::spawn(async move {
            let _permit = permit;
            let (objects, limits) = (Arc::clone(&store.0.objects), &store.0.limits);
            let incoming = Incoming::receive(objects, (&digest, size), limits, body.boxed()).await?;
            let put = store.publish(&digest, &incoming.path).await;
            incoming.discard().await;
            put
        });
        task.await.map_err(store_failed)?
    }

    /// A document's bytes, verified while they are read.
    ///
    /// # Errors
    /// [`GetError`]; the stream itself ends with one when the bytes are not the document's.
    pub async fn get(&self, digest: DocumentDigest, size: u64) -> Result<DocumentBody, GetError> {
        let permit = Arc::clone(&self.0.downloads).try_acquire_owned().map_err(|_| GetError::Busy)?;
        let object = match self.0.objects.get(&layout::document(&digest)).await {
            Ok(object) => object,
            Err(Error::NotFound { .. }) => return Err(GetError::Missing(digest)),
            Err(error) => return Err(GetError::Store(error.to_string())),
        };
        if object.meta.size != size {
            error!(%digest, size, found = object.meta.size, "a stored document is damaged");
            return Err(GetError::Damaged(digest));
        }
        Ok(DocumentBody::start(digest, object, self.0.limits.silence_max, permit))
    }

    /// The size of a document, bytes, if it is here; its content is not looked at.
    ///
    /// # Errors
    /// [`GetError::Store`].
    pub async fn head(&self, digest: &DocumentDigest) -> Result<Option<u64>, GetError> {
        match self.0.objects.head(&layout::document(digest)).await {
            Ok(meta) => Ok(Some(meta.size)),
            Err(Error::NotFound { .. }) => Ok(None),
            Err(error) => Err(GetError::Store(error.to_string())),
        }
    }

    async fn publish(&self, digest: &DocumentDigest, from: &Path) -> Result<Put, PutError> {
        let to = layout::document(digest);
        let copy = async |mode| self.0.objects.copy_opts(from, &to, CopyOptions::new().with_mode(mode)).await;
        if self.0.creates_only {
            match copy(CopyMode::Create).await {
                Ok(()) => return Ok(Put::Stored),
                Err(Error::AlreadyExists { .. }) => {}
                Err(error) => return Err(store_failed(error)),
            }
        }
        match self.is_whole(digest, &to).await? {
            Some(true) => return Ok(Put::AlreadyThere),
            Some(false) if !self.0.may_replace => return Err(PutError::Damaged(*digest)),
            Some(false) => error!(%digest, "a stored document is damaged; it is replaced by the right bytes"),
            None => {}
        }
        copy(CopyMode::Overwrite).await.map(|()| Put::Stored).map_err(store_failed)
    }

    /// `None`: there is none.
    async fn is_whole(&self, digest: &DocumentDigest, path: &Path) -> Result<Option<bool>, PutError> {
        let object = match self.0.objects.get(path).await {
            Ok(object) => object,
            Err(Error::NotFound { .. }) => return Ok(None),
            Err(error) => return Err(store_failed(error)),
        };
        let mut hash = biaozheng_ledger::digest::DigestStream::default();
        let mut pieces = crate::reading::pieces_of(object);
        while let Some(piece) = pieces.next().await {
            hash.update(&piece.map_err(PutError::Store)?);
        }
        Ok(Some(hash.finish().0 == *digest.digest()))
    }
}

/// A folder of our own, with what a crash left in it deleted: no other process writes here.
fn open_folder(folder: &FolderPath) -> Result<Arc<dyn ObjectStore>, OpenError> {
    let refuse = |error: &dyn Display| OpenError::File { path: folder.to_owned(), reason: error.to_string() };
    let mut make = std::fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut make, 0o700);
    make.recursive(true).create(folder).map_err(|error| refuse(&error))?;
    let incoming = folder.join(layout::INCOMING);
    match std::fs::remove_dir_all(&incoming) {
        Ok(()) => info!(folder = %incoming.display(), "deleted what was being received before the start"),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {}
        Err(error) => return Err(refuse(&error)),
    }
    let objects = LocalFileSystem::new_with_prefix(folder).map_err(|error| refuse(&error))?;
    Ok(Arc::new(objects.with_fsync(true)))
}

/// What cannot be deleted now is tried again at the next start.
async fn delete_leftovers(objects: &dyn ObjectStore) {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let before = i64::try_from(now.as_secs()).unwrap_or(i64::MAX).saturating_sub(LEFTOVER_AGE_S);
    let mut listed = objects.list(Some(&Path::from(layout::INCOMING)));
    while let Some(object) = listed.next().await {
        match object {
            Ok(object) if object.last_modified.timestamp() < before => {
                let deleted = objects.delete(&object.location).await;
                info!(path = %object.location, ok = deleted.is_ok(), "deleting what was never published");
            }
            Ok(_) => {}
            Err(error) => {
                info!(%error, "leftovers in the bucket cannot be listed");
                return;
            }
        }
    }
}
