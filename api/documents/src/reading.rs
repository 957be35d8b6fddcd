//! A document on its way out: hashed while it is read, its end held back until the hash is right.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use biaozheng_ledger::digest::DigestStream;
use biaozheng_ledger::ids::DocumentDigest;
use bytes::{Bytes, BytesMut};
use futures::stream::BoxStream;
use futures::{Stream, StreamExt as _, stream};
use object_store::{GetResult, GetResultPayload};
use tokio::io::AsyncReadExt as _;
use tokio::sync::{OwnedSemaphorePermit, mpsc};
use tokio::time::timeout;
use tracing::error;

use crate::error::GetError;
use crate::limits::CHUNK_BYTES;

/// The bytes of a document. Its last piece comes only when all of them have the right digest; otherwise, an error does.
#[derive(Debug)]
pub struct DocumentBody {
    size: u64,
    left: u64,
    ended: bool,
    pieces: mpsc::Receiver<Result<Bytes, GetError>>,
}

impl DocumentBody {
    /// Reads in a task of its own, so that a reader who goes away or stops taking holds nothing for long.
    pub(crate) fn start(
        digest: DocumentDigest,
        object: GetResult,
        silence_max: Duration,
        permit: OwnedSemaphorePermit,
    ) -> Self {
        let size = object.meta.size;
        let (sender, pieces) = mpsc::channel(2);
        tokio::spawn(async move {
            send(digest, pieces_of(object), &sender, silence_max).await;
            drop(permit);
        });
        Self { size, left: size, ended: false, pieces }
    }

    /// Bytes in all.
    #[must_use]
    pub const fn size(&self) -> u64 {
        self.size
    }
}

impl Stream for DocumentBody {
    type Item = Result<Bytes, GetError>;

    fn poll_next(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.ended {
            return Poll::Ready(None);
        }
        self.pieces.poll_recv(context).map(|piece| match piece {
            Some(Ok(bytes)) => {
                self.left = self.left.saturating_sub(bytes.len() as u64);
                Some(Ok(bytes))
            }
            other => {
                self.ended = true;
                // The task ends early only when nobody took what it had.
                other.or_else(|| (self.left > 0).then_some(Err(GetError::Slow)))
            }
        })
    }
}

/// From a file in larger pieces than the library's: each costs a change of threads.
pub(crate) fn pieces_of(object: GetResult) -> BoxStream<'static, Result<Bytes, String>> {
    match object.payload {
        GetResultPayload::File(file, _) => {
            stream::try_unfold(tokio::fs::File::from_std(file), |mut file| async move {
                let mut piece = BytesMut::with_capacity(CHUNK_BYTES);
                let read = file.read_buf(&mut piece).await.map_err(|error| error.to_string())?;
                Ok((read > 0).then(|| (piece.freeze(), file)))
            })
            .boxed()
        }
        GetResultPayload::Stream(stream) => {
            stream.map(|piece| piece.map_err(|error| error.to_string())).boxed()
        }
    }
}

async fn send(
    digest: DocumentDigest,
    mut pieces: BoxStream<'static, Result<Bytes, String>>,
    sender: &mpsc::Sender<Result<Bytes, GetError>>,
    silence_max: Duration,
) {
    let (mut hash, mut held) = (DigestStream::default(), None);
    let take = async |piece| matches!(timeout(silence_max, sender.send(piece)).await, Ok(Ok(())));
    while let Some(piece) = pieces.next().await {
        let piece = match piece {
            Ok(piece) => piece,
            Err(reason) => {
                error!(%digest, %reason, "a document cannot be read");
                take(Err(GetError::Store(reason))).await;
                return;
            }
        };
        hash.update(&piece);
        if let Some(before) = held.replace(piece)
            && !take(Ok(before)).await
        {
            return;
        }
    }
    if hash.finish().0 != *digest.digest() {
        error!(%digest, "a stored document is damaged");
        take(Err(GetError::Damaged(digest))).await;
    } else if let Some(last) = held {
        take(Ok(last)).await;
    }
}
