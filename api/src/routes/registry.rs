//! What the registers hold: credit, licences, ratings, sittings of witnesses, imported history, indicators, alerts.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]
#![allow(clippy::indexing_slicing, reason = "indexing a JSON object by a name inserts and never panics")]

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use biaozheng_contracts::bidding::eligible;
use biaozheng_contracts::chain::validators;
use biaozheng_contracts::project::complaints;
use biaozheng_contracts::{archive, bidding, listing, oversight, parties};
use biaozheng_ledger::ids::TimeMs;
use serde::Deserialize;
use serde_json::{Value, json};
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::backend::Newest;
use crate::handler::{Answer, Api, NoQuery, Paging, Strict, list, ours, page, paged, parsed, shown};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::chain::Validators;
use crate::schemas::project::{BuildingModels, Complaint, Listing};
use crate::schemas::registry::{
    Credit, Eligibility, ImportedProject, Indicators, Licence, PublishedIndicators, Sitting, StepRatings,
};

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(credit))
        .routes(routes!(licences))
        .routes(routes!(centre_ratings))
        .routes(routes!(eligibility))
        .routes(routes!(ratings))
        .routes(routes!(sittings))
        .routes(routes!(complaints))
        .routes(routes!(listing))
        .routes(routes!(models))
        .routes(routes!(imported))
        .routes(routes!(indicators))
        .routes(routes!(published_indicators))
        .routes(routes!(validators))
}

/// A participant's credit events and which of them hold now.
#[utoipa::path(get, path = "/v1/participants/{org}/credit", tag = "participants", params(("org" = String, Path)),
    responses((status = 200, body = Credit), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn credit(
    State(api): State<Api>,
    Path(org): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let org = parsed(&org, "organisation")?;
    let Newest { state, block } = api.node.newest();
    let mut value = parties::view::credit(&*state, &org, block.time).map_err(ours)?;
    value["credit_code"] = json!(parties::view::credit_code(&*state, &org).map_err(ours)?);
    Ok(Json(value).into_response())
}

/// The licences a participant holds, and their status now.
#[utoipa::path(get, path = "/v1/participants/{org}/licences", tag = "participants", params(("org" = String, Path)),
    responses((status = 200, body = Page<Licence>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn licences(
    State(api): State<Api>,
    Path(org): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let org = parsed(&org, "organisation")?;
    let Newest { state, block } = api.node.newest();
    list(parties::view::licences(&*state, &org, block.time))
}

/// Ratings of all projects a centre hosts, a row a step.
#[utoipa::path(get, path = "/v1/participants/{org}/ratings", tag = "participants", params(("org" = String, Path)),
    responses((status = 200, body = Page<StepRatings>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn centre_ratings(
    State(api): State<Api>,
    Path(org): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    list(oversight::view::centre_ratings(&*api.node.newest().state, &parsed(&org, "organisation")?))
}

/// What a tender requires of bidders, and after the opening what was found of each bid.
#[utoipa::path(get, path = "/v1/projects/{id}/eligibility", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Eligibility), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn eligibility(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let value = eligible::eligibility(&*api.node.newest().state, &parsed(&id, "project")?).map_err(ours)?;
    Ok(Json(value).into_response())
}

/// How the participants of a project rated its steps, a row a step.
#[utoipa::path(get, path = "/v1/projects/{id}/ratings", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Page<StepRatings>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn ratings(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    list(oversight::view::ratings(&*api.node.newest().state, &parsed(&id, "project")?))
}

/// The witnessed sittings of a project in the order of their names: cameras with ranges, gaps and chain heads, incidents,
/// report.
#[utoipa::path(get, path = "/v1/projects/{id}/sittings", tag = "projects", params(("id" = String, Path), Paging),
    responses((status = 200, body = Page<Sitting>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn sittings(State(api): State<Api>, Path(id): Path<String>, Strict(paging): Strict<Paging>) -> Answer {
    let (project, after, limit) = (parsed(&id, "project")?, paging.after()?, paging.limit()?);
    paged(oversight::view::sittings(&*api.node.newest().state, &project, after.as_ref(), limit), limit)
}

/// The complaints about a project, each with its step and the end of the regulator's present duty. Their letters are not
/// on the ledger.
#[utoipa::path(get, path = "/v1/projects/{id}/complaints", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Page<Complaint>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn complaints(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    list(complaints::complaints(&*api.node.newest().state, &parsed(&id, "project")?))
}

/// A listing as it stands: its lots with the best offer by bidder number, and when each ends.
#[utoipa::path(get, path = "/v1/projects/{id}/listing", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Listing), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such project, or it is no listing", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn listing(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    shown(listing::view::listing(&*api.node.newest().state, &parsed(&id, "project")?), "listing")
}

/// What a tender asks of building models, and after the opening what each bid sealed and whether it was handed in.
#[utoipa::path(get, path = "/v1/projects/{id}/models", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = BuildingModels), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such project, or it asks for no models", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn models(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    shown(
        bidding::view::models(&*api.node.newest().state, &parsed(&id, "project")?),
        "tender with building models",
    )
}

/// Past projects imported as evidence; they were not run under these rules.
#[utoipa::path(get, path = "/v1/imported", tag = "projects", params(Paging),
    responses((status = 200, body = Page<ImportedProject>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn imported(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let (after, limit) = (paging.after::<String>()?, paging.limit()?);
    let rows = archive::view::imported(&*api.node.newest().state, after.as_deref(), limit).map_err(ours)?;
    // The cursor is the last OCID.
    let last = rows.last().and_then(|row| row.get("ocid")).and_then(Value::as_str).map(str::to_owned);
    let next = if rows.len() == limit { last } else { None };
    Ok(page((rows, next)))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct IndicatorsQuery {
    /// Only projects this centre hosts; all when left out.
    centre: Option<String>,
    /// Archives sealed from here on, Unix milliseconds.
    from_ms: u64,
    /// And before this.
    until_ms: u64,
}

/// The business-environment indicators of a period, computed now from the chain.
#[utoipa::path(get, path = "/v1/indicators", tag = "indicators", params(IndicatorsQuery),
    responses((status = 200, body = Indicators), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "Too many projects ended in the period", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn indicators(State(api): State<Api>, Strict(query): Strict<IndicatorsQuery>) -> Answer {
    let centre = query.centre.as_deref().map(|org| parsed(org, "centre")).transpose()?;
    let (from, until) = (TimeMs::new(query.from_ms), TimeMs::new(query.until_ms));
    let found =
        archive::view::indicators(&*api.node.newest().state, centre.as_ref(), from, until).map_err(ours)?;
    let found = found.ok_or_else(|| Problem::not_found("period so small"))?;
    Ok(Json(found).into_response())
}

/// Indicators the centres published, in the order of the records' ids; every node recomputed them.
#[utoipa::path(get, path = "/v1/indicators/published", tag = "indicators", params(Paging),
    responses((status = 200, body = Page<PublishedIndicators>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn published_indicators(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let (after, limit) = (paging.after()?, paging.limit()?);
    paged(archive::view::published_indicators(&*api.node.newest().state, after.as_ref(), limit), limit)
}

/// Whose nodes vote on blocks now, since which block, and how many votes decide one.
#[utoipa::path(get, path = "/v1/validators", tag = "chain",
    responses((status = 200, body = Validators), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"), (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn validators(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    shown(validators::shown(&*api.node.newest().state), "block yet, so no validators")
}
