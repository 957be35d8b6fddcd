//! What those who oversee ask for: alerts, and other chains' checkpoints held here.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::{Path, State};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Answer, Api, NoQuery, PAGE_MAX, Paging, Strict, found, ours, parsed};
use crate::answers::Page;
use crate::answers::oversight::{Alert, AnchoredCheckpoint, DatedPolicies, RegisteredChain, Timer};
use crate::backend::Question;
use crate::problem::Problem;

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(alerts))
        .routes(routes!(timers))
        .routes(routes!(chains))
        .routes(routes!(chain))
        .routes(routes!(checkpoints))
        .routes(routes!(policies))
}

fn look(api: &Api, question: &Question, what: &str) -> Answer {
    found(api.node.look(question).map_err(ours)?, what)
}

/// The regulators' alerts with what they say and why, and what became of them, in the order of their ids.
#[utoipa::path(get, path = "/v1/alerts", tag = "supervision", params(Paging),
    responses((status = 200, body = Page<Alert>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn alerts(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    look(&api, &Question::Alerts { after: paging.after()?, limit: paging.limit()? }, "alert")
}

/// Time limits that run, with rule, article and end. A page looks at `limit` projects and may hold fewer limits, or none.
#[utoipa::path(get, path = "/v1/timers", tag = "supervision", params(Paging),
    responses((status = 200, body = Page<Timer>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn timers(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    look(&api, &Question::Timers { after: paging.after()?, limit: paging.limit()? }, "timer")
}

/// Chains that enter their checkpoints here.
#[utoipa::path(get, path = "/v1/chains", tag = "anchoring", params(Paging),
    responses((status = 200, body = Page<RegisteredChain>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn chains(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    look(&api, &Question::Chains { after: paging.after()?, limit: paging.limit()? }, "chain")
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
    look(&api, &Question::Chain(parsed(&chain, "chain")?), "registered chain")
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
    look(&api, &Question::Checkpoints { chain, size, limit: PAGE_MAX }, "registered chain")
}

/// The dated policies of all registered chains, for `biaozheng-verify --policy`.
#[utoipa::path(get, path = "/v1/policies", tag = "anchoring",
    responses((status = 200, body = DatedPolicies), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No chain is registered", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn policies(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    look(&api, &Question::DatedPolicies, "registered chain")
}
