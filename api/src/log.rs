//! The public log as C2SP tlog-tiles: `/checkpoint`, `/tile/<L>/<N>[.p/<W>]`, `/tile/entries/<N>[.p/<W>]`.
//!
//! These paths are the specification's, so that tools nobody here wrote can mirror and audit the log; they are
//! not in the OpenAPI description. A tile is served only where the committed log has all of it, and what was
//! served once never changes: caches may keep a full tile for ever.

use std::ops::Range;
use std::sync::Arc;

use axum::extract::State;
use axum::http::{HeaderValue, Uri, header};
use axum::response::{IntoResponse as _, Response};
use biaozheng_ledger::merkle::Hash;
use biaozheng_ledger::tiles::{Tile, TileSource, tile_bytes};

use crate::backend::{Backend, BackendError};
use crate::problem::Problem;

const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// A partial tile does not change either, but is soon replaced by a wider one.
const FOR_AN_HOUR: HeaderValue = HeaderValue::from_static("public, max-age=3600, immutable");
const FOR_SECONDS: HeaderValue = HeaderValue::from_static("public, max-age=2");
const BYTES: HeaderValue = HeaderValue::from_static("application/octet-stream");
const TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// The node as a source of tiles.
struct Node<'a>(&'a dyn Backend);

impl TileSource for Node<'_> {
    type Error = BackendError;

    fn history_nodes(&self, level: u8, range: Range<u64>) -> Result<Vec<Hash>, BackendError> {
        self.0.history_nodes(level, range)
    }

    fn entries(&self, range: Range<u64>) -> Result<Vec<Vec<u8>>, BackendError> {
        self.0.entries(range)
    }
}

/// The newest cosigned checkpoint.
pub(crate) async fn checkpoint(State(node): State<Arc<dyn Backend>>) -> Result<Response, Problem> {
    let note = node.checkpoint().map_err(|error| Problem::internal(&error))?;
    let note = note.ok_or_else(|| Problem::not_found("checkpoint yet"))?;
    Ok(([(header::CONTENT_TYPE, TEXT), (header::CACHE_CONTROL, FOR_SECONDS)], note).into_response())
}

/// A tile. Its path is read as it stands in the request, so that an escaped spelling is no second address.
pub(crate) async fn tile(State(node): State<Arc<dyn Backend>>, uri: Uri) -> Result<Response, Problem> {
    let path = uri.path().strip_prefix('/').unwrap_or_default();
    let tile: Tile = path.parse().map_err(|_| Problem::not_found("tile of this name"))?;
    let size = node.log_size().map_err(|error| Problem::internal(&error))?;
    let bytes = tile_bytes(&tile, size, &Node(node.as_ref())).map_err(|fault| Problem::internal(&fault))?;
    let bytes = bytes.ok_or_else(|| Problem::not_found("tile yet"))?;
    let keep = if tile.is_full() { FOR_EVER } else { FOR_AN_HOUR };
    Ok(([(header::CONTENT_TYPE, BYTES), (header::CACHE_CONTROL, keep)], bytes).into_response())
}
