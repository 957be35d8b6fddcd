//! Bids sealed to the chain's group: the groups' keys, tokens, entries, and what an opening has to list.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use biaozheng_contracts::opening;
use biaozheng_contracts::opening::groups::groups;
use biaozheng_contracts::opening::now::opening_now;
use biaozheng_contracts::sealing::tokens::partials_text;
use biaozheng_contracts::sealing::{entered, requests};
use biaozheng_ledger::ids::RecordId;
use serde_json::json;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::backend::Newest;
use crate::handler::{Answer, Api, NoQuery, Paging, Strict, ours, paged, parsed, shown};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::project::OpenedBid;
use crate::schemas::sealing::{Entry, Opening, Sealing, TokenSignatures};

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(sealing))
        .routes(routes!(token_signatures))
        .routes(routes!(opened_bids))
        .routes(routes!(opening))
        .routes(routes!(sealed_entry))
}

/// The chain's groups for sealed bids and tokens: keys, the records they stand in, slots, and how many labels are due.
#[utoipa::path(get, path = "/v1/sealing", tag = "sealing",
    responses((status = 200, body = Sealing), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"), (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn sealing(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    let Newest { state, block } = api.node.newest();
    shown(groups(&*state, &block), "group for sealed bids")
}

/// The blind signatures a request for tokens has got, each member's over all points in their order.
#[utoipa::path(get, path = "/v1/sealing/tokens/{record}", tag = "sealing", params(("record" = String, Path)),
    responses((status = 200, body = TokenSignatures), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn token_signatures(
    State(api): State<Api>,
    Path(record): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let request: RecordId = parsed(&record, "record")?;
    let partials = requests::token_partials(&*api.node.newest().state, &request).map_err(ours)?;
    let texts: Vec<_> = partials.iter().map(|one| partials_text(one)).collect();
    Ok(Json(json!({"request": request, "members": texts})).into_response())
}

/// The bids of a tender that were sealed to the chain's group, with their texts, once the opening stands; at most
/// 50 a page. `next` is lot and bidder.
#[utoipa::path(get, path = "/v1/projects/{id}/bids", tag = "projects", params(("id" = String, Path), Paging),
    responses((status = 200, body = Page<OpenedBid>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn opened_bids(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(paging): Strict<Paging>,
) -> Answer {
    // A text may have 64 KiB.
    let limit = paging.limit()?.min(50);
    let (project, after) = (parsed(&id, "project")?, paging.after::<String>()?);
    paged(opening::view::opened_bids(&*api.node.newest().state, &project, after.as_deref(), limit), limit)
}

/// What `bids.opened/1` has to list, for the hosting centre's tool. Nothing is listed, and no number said, before that
/// record could be made: `waits` says for what.
#[utoipa::path(get, path = "/v1/projects/{id}/opening", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Opening), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"), (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn opening(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let project = parsed(&id, "project")?;
    let Newest { state, block } = api.node.newest();
    shown(opening_now(&*state, &block, &project), "project")
}

/// A sealed entry by the digest of its bytes: what became of it once its slot was opened. It says neither whose it is nor
/// for which tender.
#[utoipa::path(get, path = "/v1/sealing/entries/{digest}", tag = "sealing", params(("digest" = String, Path)),
    responses((status = 200, body = Entry), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"), (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn sealed_entry(
    State(api): State<Api>,
    Path(digest): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    shown(entered::entry(&*api.node.newest().state, &parsed(&digest, "digest")?), "sealed entry")
}
