//! An answer that comes before the request's body has ended reaches its sender: what is still under way is read and
//! thrown away for a while, because closing a connection with unread bytes makes the system discard the answer too.
//!
//! **Invariant:** lingering is bounded in bytes, in time, in silence and in number; past any bound the connection
//! closes.

use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::Duration;

use axum::body::{Body, Bytes, HttpBody};
use axum::extract::Request;
use axum::middleware::Next;
use axum::response::Response;
use futures::StreamExt as _;
use http_body::{Frame, SizeHint};
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::time::timeout;

/// Bodies up to this fit into the buffers of a connection.
const SMALL_BYTES: u64 = 32 * 1024;
const BYTES_MAX: usize = 256 * 1024 * 1024;
const TIME_MAX: Duration = Duration::from_secs(10);
const SILENCE_MAX: Duration = Duration::from_secs(1);
const AT_A_TIME_MAX: usize = 32;

static PLACES: Semaphore = Semaphore::const_new(AT_A_TIME_MAX);

/// Reads on what a handler leaves of a large body.
pub(crate) async fn linger(request: Request, next: Next) -> Response {
    let small = request.body().size_hint().upper().is_some_and(|bytes| bytes <= SMALL_BYTES);
    let request = if small { request } else { request.map(|body| Body::new(Lingering(body))) };
    next.run(request).await
}

struct Lingering(Body);

impl HttpBody for Lingering {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        Pin::new(&mut self.0).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.0.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.0.size_hint()
    }
}

impl Drop for Lingering {
    fn drop(&mut self) {
        if self.0.is_end_stream() {
            return;
        }
        let (Ok(runtime), Ok(place)) = (Handle::try_current(), PLACES.try_acquire()) else { return };
        let rest = std::mem::take(&mut self.0);
        runtime.spawn(async move {
            let _place = place;
            let _ = timeout(TIME_MAX, discard(rest)).await;
        });
    }
}

async fn discard(rest: Body) {
    let mut frames = rest.into_data_stream();
    let mut left = BYTES_MAX;
    while let Ok(Some(Ok(bytes))) = timeout(SILENCE_MAX, frames.next()).await {
        let Some(still) = left.checked_sub(bytes.len()) else { return };
        left = still;
    }
}
