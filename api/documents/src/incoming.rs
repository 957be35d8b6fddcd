//! One document on its way in: hashed and counted while it is written to a place nobody reads.

use std::fmt::Display;
use std::sync::Arc;

use biaozheng_ledger::digest::DigestStream;
use biaozheng_ledger::ids::DocumentDigest;
use bytes::Bytes;
use futures::Stream;
use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, WriteMultipart};
use tracing::warn;

use crate::error::PutError;
use crate::layout;
use crate::limits::{Limits, PART_BYTES, PARTS_IN_FLIGHT};
use crate::pace::Pace;

/// A whole and right document that nobody sees yet. [`Incoming::discard`] it in any case.
#[derive(Debug)]
pub(crate) struct Incoming {
    objects: Arc<dyn ObjectStore>,
    pub(crate) path: Path,
}

pub(crate) fn store_failed(error: impl Display) -> PutError {
    PutError::Store(error.to_string())
}

impl Incoming {
    /// Reads `body` to its end, unless it is wrong before; then nothing is left.
    pub(crate) async fn receive<S, E>(
        objects: Arc<dyn ObjectStore>,
        expected: (&DocumentDigest, u64),
        limits: &Limits,
        body: S,
    ) -> Result<Self, PutError>
    where
        S: Stream<Item = Result<Bytes, E>> + Unpin,
        E: Display,
    {
        let path = layout::incoming();
        let upload = objects.put_multipart(&path).await.map_err(store_failed)?;
        let mut writer = WriteMultipart::new_with_chunk_size(upload, PART_BYTES);
        if let Err(wrong) = write(&mut writer, expected, limits, body).await {
            if let Err(error) = writer.abort().await {
                warn!(%error, %path, "a document that was not taken left a piece");
            }
            return Err(wrong);
        }
        writer.finish().await.map_err(store_failed)?;
        Ok(Self { objects, path })
    }

    pub(crate) async fn discard(self) {
        if let Err(error) = self.objects.delete(&self.path).await {
            warn!(%error, path = %self.path, "a temporary object stays until the next start");
        }
    }
}

async fn write<S, E>(
    writer: &mut WriteMultipart,
    (digest, size): (&DocumentDigest, u64),
    limits: &Limits,
    mut body: S,
) -> Result<(), PutError>
where
    S: Stream<Item = Result<Bytes, E>> + Unpin,
    E: Display,
{
    let (mut pace, mut hash, mut left) = (Pace::new(limits), DigestStream::default(), size);
    while let Some(bytes) = pace.next(&mut body).await? {
        let wrong = PutError::WrongSize { expected: size, found: None };
        left = left.checked_sub(bytes.len() as u64).ok_or(wrong)?;
        hash.update(&bytes);
        writer.put(bytes);
        writer.wait_for_capacity(PARTS_IN_FLIGHT).await.map_err(store_failed)?;
    }
    let (found, found_size) = hash.finish();
    if left != 0 {
        return Err(PutError::WrongSize { expected: size, found: Some(found_size) });
    }
    let found = DocumentDigest::new(found);
    if found != *digest {
        return Err(PutError::WrongDigest { expected: *digest, found });
    }
    Ok(())
}
