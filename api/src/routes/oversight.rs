//! What those who oversee ask for: alerts, and other chains' checkpoints held here.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]
#![allow(clippy::indexing_slicing, reason = "indexing a JSON object by a name inserts and never panics")]

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use biaozheng_contracts::chain;
use biaozheng_contracts::oversight::alerts;
use biaozheng_contracts::oversight::timers::timers as timers_of;
use biaozheng_ledger::ids::{RecordId, TimeMs};
use biaozheng_ledger::payload::Payload;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::backend::{Backend, BackendError, Newest};
use crate::handler::{Answer, Api, NoQuery, PAGE_MAX, Paging, Strict, ours, paged, parsed, shown};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::oversight::{Alert, AnchoredCheckpoint, DatedPolicies, RegisteredChain, Timer};

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(alerts))
        .routes(routes!(timers))
        .routes(routes!(chains))
        .routes(routes!(chain))
        .routes(routes!(checkpoints))
        .routes(routes!(policies))
}

/// What an alert's record says, and what became of it.
fn tell(node: &dyn Backend, id: &RecordId, row: &mut Value) -> Result<(), BackendError> {
    let (payload, raised) = said(node, id)?;
    let of = |name: &str| payload.body.get(name).cloned().unwrap_or_default();
    row["kind"] = of("rule");
    row["severity"] = of("severity");
    row["message"] = of("text");
    row["message_zh"] = of("text_zh");
    row["project"] = json!(payload.project);
    row["organisations"] = of("organisations");
    row["raised_ms"] = json!(raised);
    for name in ["records", "formula", "threshold", "found", "rules"] {
        row[name] = of(name);
    }
    let disposed = row.get("disposed").and_then(Value::as_str).map(str::parse::<RecordId>).transpose();
    let disposed = disposed.map_err(|error| BackendError(error.to_string()))?;
    row["disposition"] = disposed.map_or(Ok(Value::Null), |record| disposition(node, &record))?;
    Ok(())
}

/// How and why an alert was disposed of.
fn disposition(node: &dyn Backend, record: &RecordId) -> Result<Value, BackendError> {
    let (payload, time) = said(node, record)?;
    let of = |name: &str| payload.body.get(name).cloned().unwrap_or_default();
    Ok(json!({
        "record": record, "disposition": of("disposition"), "reason": of("reason"),
        "by": payload.author.org, "time_ms": time,
    }))
}

fn said(node: &dyn Backend, id: &RecordId) -> Result<(Payload, TimeMs), BackendError> {
    node.said(id)?.ok_or_else(|| BackendError("an alert's record is missing".to_owned()))
}

/// The regulators' alerts with what they say and why, and what became of them, in the order of their ids.
#[utoipa::path(get, path = "/v1/alerts", tag = "supervision", params(Paging),
    responses((status = 200, body = Page<Alert>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn alerts(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let mut rows = alerts::alerts(&*api.node.newest().state, after.as_ref(), limit).map_err(ours)?;
    for (id, row) in &mut rows {
        tell(&*api.node, id, row).map_err(ours)?;
    }
    paged(Ok(rows), limit)
}

/// Time limits that run, with rule, article and end. A page looks at `limit` projects and may hold fewer limits, or none.
#[utoipa::path(get, path = "/v1/timers", tag = "supervision", params(Paging),
    responses((status = 200, body = Page<Timer>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn timers(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let (after, limit) = (paging.after()?, paging.limit()?);
    let Newest { state, block } = api.node.newest();
    let (rows, next) = timers_of(&*state, after.as_ref(), limit, block.time).map_err(ours)?;
    Ok(Json(json!({"items": rows, "next": next})).into_response())
}

/// Chains that enter their checkpoints here.
#[utoipa::path(get, path = "/v1/chains", tag = "anchoring", params(Paging),
    responses((status = 200, body = Page<RegisteredChain>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn chains(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let (after, limit) = (paging.after()?, paging.limit()?);
    paged(chain::view::chains(&*api.node.newest().state, after.as_ref(), limit), limit)
}

/// One of them: its policy, its newest anchored checkpoint, whether a split was shown.
#[utoipa::path(get, path = "/v1/chains/{chain}", tag = "anchoring", params(("chain" = String, Path, description = "sha256:…")),
    responses((status = 200, body = RegisteredChain), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn chain(
    State(api): State<Api>,
    Path(chain): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    shown(chain::view::chain(&*api.node.newest().state, &parsed(&chain, "chain")?), "registered chain")
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct CheckpointsQuery {
    /// Only checkpoints of at least so many leaves; the first one is what a certificate of that tree is anchored by.
    from_size: Option<u64>,
    /// The `next` of the page before.
    after: Option<u64>,
}

/// A chain's anchored checkpoints, smallest first, 200 a page.
#[utoipa::path(get, path = "/v1/chains/{chain}/checkpoints", tag = "anchoring",
    params(("chain" = String, Path, description = "sha256:…"), CheckpointsQuery),
    responses((status = 200, body = Page<AnchoredCheckpoint>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn checkpoints(
    State(api): State<Api>,
    Path(chain): Path<String>,
    Strict(query): Strict<CheckpointsQuery>,
) -> Answer {
    let beyond = query.after.map_or(0, |size| size.saturating_add(1));
    let (chain, size) = (parsed(&chain, "chain")?, query.from_size.unwrap_or(0).max(beyond));
    paged(chain::view::checkpoints(&*api.node.newest().state, &chain, size, PAGE_MAX), PAGE_MAX)
}

/// The dated policies of all registered chains, for `biaozheng-verify --policy`.
#[utoipa::path(get, path = "/v1/policies", tag = "anchoring",
    responses((status = 200, body = DatedPolicies), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No chain is registered", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn policies(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    let policies = chain::view::policies(&*api.node.newest().state).map_err(ours)?;
    let policies = policies.ok_or_else(|| Problem::not_found("registered chain"))?;
    let policies: Value =
        serde_json::from_str(&policies.to_json()).map_err(|error| Problem::internal(&error))?;
    Ok(Json(policies).into_response())
}
