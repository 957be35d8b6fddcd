//! Whether a bucket can be used, and keeps what is there: asked at every start, because servers differ.
//!
//! An object under `probe/write-once` is created once. Creating it again must be refused, and must not change it: an
//! old server takes the condition for an unknown header, overwrites and answers 200.

use bytes::Bytes;
use object_store::path::Path;
use object_store::{CopyMode, CopyOptions, Error, ObjectStore, ObjectStoreExt as _};

use crate::error::OpenError;
use crate::layout;

/// # Errors
/// [`OpenError::NotWriteOnce`] or [`OpenError::Unusable`].
pub(crate) async fn probe(objects: &dyn ObjectStore, place: &str, write_once: bool) -> Result<(), OpenError> {
    let (first, second) = (layout::incoming(), layout::incoming());
    let answer = async {
        write(objects, place, &first).await?;
        if write_once {
            write(objects, place, &second).await?;
            create_twice(objects, place, &first, &second).await?;
        }
        Ok(())
    }
    .await;
    // What cannot be deleted is found and deleted at a later start.
    let _ = objects.delete(&first).await;
    if write_once {
        let _ = objects.delete(&second).await;
    }
    answer
}

/// Each object names itself, so no two are alike.
async fn write(objects: &dyn ObjectStore, place: &str, path: &Path) -> Result<(), OpenError> {
    let content = Bytes::from(path.to_string());
    objects.put(path, content.into()).await.map(drop).map_err(|error| unusable(place, &error))
}

async fn create_twice(
    objects: &dyn ObjectStore,
    place: &str,
    first: &Path,
    second: &Path,
) -> Result<(), OpenError> {
    let probe = layout::probe();
    let create =
        async |from| objects.copy_opts(from, &probe, CopyOptions::new().with_mode(CopyMode::Create)).await;
    let not_write_once = |reason: String| Err(OpenError::NotWriteOnce { place: place.to_owned(), reason });
    match create(first).await {
        Ok(()) | Err(Error::AlreadyExists { .. }) => {}
        Err(error) => return Err(unusable(place, &error)),
    }
    match create(second).await {
        Err(Error::AlreadyExists { .. }) => {}
        Ok(()) => return not_write_once("it created an object that was there already".to_owned()),
        Err(error) => {
            return not_write_once(format!("it cannot create an object only if it is new ({error})"));
        }
    }
    let kept = async { objects.get(&probe).await?.bytes().await };
    match kept.await {
        Ok(kept) if kept == second.as_ref().as_bytes() => {
            not_write_once("it refused to create an object again, and replaced it".to_owned())
        }
        Ok(_) => Ok(()),
        Err(error) => Err(unusable(place, &error)),
    }
}

fn unusable(place: &str, error: &Error) -> OpenError {
    OpenError::Unusable { place: place.to_owned(), reason: error.to_string() }
}
