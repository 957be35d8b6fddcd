//! `POST /add-checkpoint`, with the limits of the node's own API.

use std::sync::Arc;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use axum::Router;
use axum::body::Bytes;
use axum::extract::{DefaultBodyLimit, State};
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::post;
use biaozheng_api::{ApiLimits, serve_router};
use biaozheng_ledger::limits::WITNESS_REQUEST_BYTES_MAX;
use biaozheng_ledger::witness::{AddCheckpoint, LogWitnessRefusal, SIZE_MEDIA_TYPE};
use tokio::net::TcpListener;

use super::{Withheld, Witness};

/// A witness hears a few logs every few seconds; more at once is somebody else.
const LIMITS: ApiLimits = ApiLimits {
    connections_max: 256,
    requests_in_flight_max: 64,
    header_timeout_ms: 5000,
    request_timeout_ms: 10_000,
    wait_ms_max: 0,
};

/// The witness's one route.
pub fn router(witness: Arc<Witness>) -> Router {
    Router::new()
        .route("/add-checkpoint", post(add_checkpoint))
        .layer(DefaultBodyLimit::max(WITNESS_REQUEST_BYTES_MAX))
        .with_state(witness)
}

/// Serves until `shutdown` resolves.
///
/// # Errors
/// When the listener fails for good.
pub async fn serve(
    listener: TcpListener,
    witness: Arc<Witness>,
    shutdown: impl Future<Output = ()>,
) -> std::io::Result<()> {
    serve_router(listener, router(witness), LIMITS, shutdown).await
}

async fn add_checkpoint(State(witness): State<Arc<Witness>>, request: axum::extract::Request) -> Response {
    let limit = Duration::from_millis(LIMITS.request_timeout_ms);
    // The body limit is enforced by the extractor; a slow body ends with the timeout.
    let body = tokio::time::timeout(limit, read_body(request)).await;
    let body = match body {
        Ok(Ok(body)) => body,
        Ok(Err(refusal)) => return refusal,
        Err(_) => return (StatusCode::REQUEST_TIMEOUT, "the request took too long\n").into_response(),
    };
    let request = str::from_utf8(&body).ok().ok_or(LogWitnessRefusal::Malformed);
    let request = match request.and_then(str::parse::<AddCheckpoint>) {
        Ok(request) => request,
        Err(refusal) => return refused(refusal),
    };
    let now_s = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |since| since.as_secs());
    match tokio::task::spawn_blocking(move || witness.cosign(&request, now_s)).await {
        Ok(Ok(line)) => format!("{line}\n").into_response(),
        Ok(Err(Withheld::Refused(refusal))) => refused(refusal),
        // What the disk said stays here.
        Ok(Err(Withheld::Disk(_))) | Err(_) => {
            (StatusCode::INTERNAL_SERVER_ERROR, "the witness failed\n").into_response()
        }
    }
}

async fn read_body(request: axum::extract::Request) -> Result<Bytes, Response> {
    use axum::extract::FromRequest as _;
    Bytes::from_request(request, &()).await.map_err(|error| error.into_response())
}

fn refused(refusal: LogWitnessRefusal) -> Response {
    let status = StatusCode::from_u16(refusal.status()).unwrap_or(StatusCode::BAD_REQUEST);
    match refusal.latest() {
        Some(latest) => {
            let kind = HeaderValue::from_static(SIZE_MEDIA_TYPE);
            (status, [(header::CONTENT_TYPE, kind)], format!("{latest}\n")).into_response()
        }
        None => (status, format!("{refusal}\n")).into_response(),
    }
}
