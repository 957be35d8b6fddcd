//! Server-sent events: one for each block, in order, without a gap.
//!
//! ```text
//! id: 57
//! event: block
//! data: {"height":57,"time_ms":1790000000000,"hash":"sha256:…","records":3,…}
//! ```
//! A client that reconnects sends `Last-Event-ID` (browsers do by themselves) and misses nothing.
//! **Invariant:** the number of streams is bounded; a stream that reads slowly holds one block, not a queue.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use biaozheng_ledger::ids::Height;
use futures::stream;
use serde::Deserialize;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use utoipa::IntoParams;

use crate::handler::{Api, Strict};
use crate::problem::Problem;

/// Streams at a time.
pub(super) const STREAMS_MAX: usize = 512;
/// How long one wait for a block lasts before it is begun again.
const WAIT: Duration = Duration::from_secs(30);

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(super) struct EventsQuery {
    /// Blocks after this height; from the newest on when left out. `Last-Event-ID` goes before it.
    after: Option<u64>,
}

struct Stream {
    api: Api,
    after: u64,
    _permit: OwnedSemaphorePermit,
}

pub(super) fn streams() -> Arc<Semaphore> {
    Arc::new(Semaphore::new(STREAMS_MAX))
}

/// Blocks as server-sent events, from a height on and then as they are committed.
#[utoipa::path(get, path = "/v1/events", tag = "chain", params(EventsQuery, ("last-event-id" = Option<u64>, Header, description = "The last event seen; browsers send it by themselves")),
    responses((status = 200, description = "A stream of `block` events; `id` is the height", body = String, content_type = "text/event-stream"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Too many streams", body = Problem, content_type = "application/problem+json")))]
pub(super) async fn events(
    State(api): State<Api>,
    headers: HeaderMap,
    Strict(query): Strict<EventsQuery>,
) -> Result<Response, Problem> {
    let bad = || Problem::new(StatusCode::BAD_REQUEST, "query", "'Last-Event-ID' is a block's height");
    let last = match headers.get("last-event-id") {
        Some(value) => Some(value.to_str().ok().and_then(|text| text.parse().ok()).ok_or_else(bad)?),
        None => None,
    };
    let permit = Arc::clone(&api.streams).try_acquire_owned().map_err(|_| {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", "too many event streams; try again")
            .retry_after(5)
    })?;
    let after = last.or(query.after).unwrap_or_else(|| api.node.height().get());
    let start = Stream { api, after, _permit: permit };
    let blocks = stream::unfold(start, |mut stream| async move {
        let event = next(&stream).await?;
        stream.after = stream.after.saturating_add(1);
        Some((Ok::<Event, Infallible>(event), stream))
    });
    Ok(Sse::new(blocks).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

/// The next block's event; `None` ends the stream, and the client comes again.
async fn next(stream: &Stream) -> Option<Event> {
    let wanted = stream.after.checked_add(1).map(Height::new)?;
    while stream.api.node.height() < wanted {
        stream.api.node.committed(wanted, WAIT).await;
    }
    let block = stream.api.node.block(wanted).ok()??;
    Some(Event::default().event("block").id(wanted.to_string()).data(block.to_string()))
}
