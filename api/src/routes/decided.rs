//! A block as it was decided, for those who execute it again.

use axum::extract::{Path, State};
use biaozheng_ledger::ids::Height;

use super::{Answer, Api, Paging, Strict, found, ours, parsed};
use crate::answers::chain::DecidedBlock;
use crate::problem::Problem;

/// A block as it was decided: its header and commit certificate in hex, and its records in order.
///
/// A record's envelope is there once its body is public; `public` is false before.
#[utoipa::path(get, path = "/v1/blocks/{height}/records", tag = "chain", params(("height" = u64, Path), Paging),
    responses((status = 200, body = DecidedBlock),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
pub(super) async fn block_records(
    State(api): State<Api>,
    Path(height): Path<String>,
    Strict(paging): Strict<Paging>,
) -> Answer {
    let height: u64 = parsed(&height, "height")?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    found(api.node.block_records(Height::new(height), after, limit).map_err(ours)?, "block")
}
