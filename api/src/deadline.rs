//! Limits of time and number that hold for whole requests: a body that drips in, a handler that hangs, too many at a
//! time.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::rejection::BytesRejection;
use axum::extract::{FromRequest, Request, State};
use axum::http::StatusCode;
use axum::middleware::Next;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use tokio::runtime::Handle;
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use crate::handler::Api;
use crate::limits::ApiLimits;
use crate::problem::Problem;

/// A request's whole body, of at most so many bytes, within the time of a request.
pub(crate) struct Whole<const BYTES_MAX: usize>(pub(crate) Bytes);

impl<const BYTES_MAX: usize> FromRequest<Api> for Whole<BYTES_MAX> {
    type Rejection = Problem;

    async fn from_request(request: Request, api: &Api) -> Result<Self, Problem> {
        let limit = Duration::from_millis(api.limits.request_timeout_ms);
        let read = timeout(limit, Bytes::from_request(request, api)).await;
        let body = read.map_err(|_| slow_body())?.map_err(refused)?;
        if body.len() > BYTES_MAX {
            let detail = format!("at most {BYTES_MAX} bytes");
            return Err(Problem::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", detail));
        }
        Ok(Self(body))
    }
}

pub(crate) fn slow_body() -> Problem {
    Problem::new(
        StatusCode::REQUEST_TIMEOUT,
        "slow_body",
        "the request's body came too slowly; send it again",
    )
}

fn refused(error: BytesRejection) -> Problem {
    let status = error.status();
    let code = if status == StatusCode::PAYLOAD_TOO_LARGE { "too_large" } else { "body" };
    Problem::new(status, code, error.body_text())
}

/// Answers 503 when a handler takes longer than a request may. Handlers read the disk: each runs on a thread that may
/// wait, so that one which does keeps neither the clock from striking nor others from being served.
pub(crate) async fn in_time(State(limits): State<ApiLimits>, request: Request, next: Next) -> Response {
    let limit = Duration::from_millis(limits.request_timeout_ms);
    let runtime = Handle::current();
    let work = spawn_blocking(move || runtime.block_on(timeout(limit, next.run(request))));
    match timeout(limit, work).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Err(error)) => Problem::internal(&error).into_response(),
        Ok(Ok(Err(_))) | Err(_) => {
            let detail = "the node took too long; try again";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "slow", detail).retry_after(1).into_response()
        }
    }
}

/// Answers 503 when as many requests as allowed are being worked on.
pub(crate) async fn admit(State(places): State<Arc<Semaphore>>, request: Request, next: Next) -> Response {
    let Ok(_place) = places.try_acquire() else {
        let detail = "too many requests at a time; try again";
        return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "busy", detail).retry_after(1).into_response();
    };
    next.run(request).await
}
