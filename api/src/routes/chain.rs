//! Blocks, checkpoints and proofs, and what the chain was founded on.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::{Path, State};
use axum::http::header;
use axum::response::IntoResponse;
use biaozheng_ledger::ids::Height;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handler::{Answer, Api, NoQuery, OrderedPaging, Paging, Strict, found, ours, page, parsed};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::chain::{Block, BlockLine, Consistency, DecidedBlock, Genesis};

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(blocks))
        .routes(routes!(block))
        .routes(routes!(block_records))
        .routes(routes!(checkpoint))
        .routes(routes!(consistency))
        .routes(routes!(genesis))
        .routes(routes!(policy))
}

/// Blocks from the first on, or from the newest on.
#[utoipa::path(get, path = "/v1/blocks", tag = "chain", params(OrderedPaging),
    responses((status = 200, body = Page<BlockLine>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn blocks(State(api): State<Api>, Strict(paging): Strict<OrderedPaging>) -> Answer {
    let (paging, newest) = paging.split();
    let after = paging.after()?.map(Height::new);
    let limit = paging.limit()?;
    let found = if newest { api.node.blocks_newest(after, limit) } else { api.node.blocks(after, limit) };
    Ok(page(found.map_err(ours)?))
}

/// A block: header and the ids of its records.
#[utoipa::path(get, path = "/v1/blocks/{height}", tag = "chain", params(("height" = u64, Path)),
    responses((status = 200, body = Block), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn block(
    State(api): State<Api>,
    Path(height): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let height: u64 = parsed(&height, "height")?;
    found(api.node.block(Height::new(height)).map_err(ours)?, "block")
}

/// The newest cosigned checkpoint, a C2SP signed note.
#[utoipa::path(get, path = "/v1/checkpoint", tag = "chain",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "None yet", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn checkpoint(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    let note = api.node.checkpoint().map_err(ours)?;
    note.map(IntoResponse::into_response).ok_or_else(|| Problem::not_found("checkpoint yet"))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsistencyQuery {
    /// The smaller tree's size.
    from: u64,
    /// The larger tree's size.
    to: u64,
}

/// RFC 9162 consistency proof between two tree sizes.
#[utoipa::path(get, path = "/v1/consistency", tag = "chain", params(ConsistencyQuery),
    responses((status = 200, body = Consistency), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn consistency(State(api): State<Api>, Strict(query): Strict<ConsistencyQuery>) -> Answer {
    found(api.node.consistency(query.from, query.to).map_err(ours)?, "pair of tree sizes")
}

/// A block as it was decided: its header and commit certificate in hex, and its records in order.
///
/// A record's envelope is there once its body is public; `public` is false before.
#[utoipa::path(get, path = "/v1/blocks/{height}/records", tag = "chain", params(("height" = u64, Path), Paging),
    responses((status = 200, body = DecidedBlock),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn block_records(
    State(api): State<Api>,
    Path(height): Path<String>,
    Strict(paging): Strict<Paging>,
) -> Answer {
    let height: u64 = parsed(&height, "height")?;
    let (after, limit) = (paging.after()?, paging.limit()?);
    found(api.node.block_records(Height::new(height), after, limit).map_err(ours)?, "block")
}

/// The genesis document.
#[utoipa::path(get, path = "/v1/genesis", tag = "chain", responses((status = 200, body = Genesis),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn genesis(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(([(header::CONTENT_TYPE, "application/json")], api.node.genesis()).into_response())
}

/// The C2SP policy of this chain. Get it once from several nodes, or from print.
#[utoipa::path(get, path = "/v1/policy", tag = "chain", responses((status = 200, body = String, content_type = "text/plain"),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn policy(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(api.node.policy().into_response())
}
