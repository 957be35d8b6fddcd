//! What the registers hold: credit, licences, ratings, sittings of witnesses, imported history, indicators, alerts.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::{Path, State};
use biaozheng_ledger::ids::TimeMs;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Answer, Api, NoQuery, Paging, Strict, found, ours, page, parsed};
use crate::answers::Page;
use crate::answers::chain::Validators;
use crate::answers::project::{BuildingModels, Complaint, Listing, OpenedBid};
use crate::answers::registry::{
    Credit, Eligibility, ImportedProject, Indicators, Licence, PublishedIndicators, Sitting, StepRatings,
};
use crate::answers::sealing::{Entry, Opening, Sealing, TokenSignatures};
use crate::backend::Question;
use crate::problem::Problem;

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
        .routes(routes!(sealing))
        .routes(routes!(token_signatures))
        .routes(routes!(opened_bids))
        .routes(routes!(opening))
        .routes(routes!(sealed_entry))
}

fn look(api: &Api, question: &Question, what: &str) -> Answer {
    found(api.node.look(question).map_err(ours)?, what)
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
    look(&api, &Question::Credit(parsed(&org, "organisation")?), "participant")
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
    look(&api, &Question::Licences(parsed(&org, "organisation")?), "participant")
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
    look(&api, &Question::CentreRatings(parsed(&org, "organisation")?), "participant")
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
    look(&api, &Question::Eligibility(parsed(&id, "project")?), "project")
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
    look(&api, &Question::Ratings(parsed(&id, "project")?), "project")
}

/// The witnessed sittings of a project in the order of their names: cameras with ranges, gaps and chain heads, incidents,
/// report.
#[utoipa::path(get, path = "/v1/projects/{id}/sittings", tag = "projects", params(("id" = String, Path), Paging),
    responses((status = 200, body = Page<Sitting>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn sittings(State(api): State<Api>, Path(id): Path<String>, Strict(paging): Strict<Paging>) -> Answer {
    let (project, after) = (parsed(&id, "project")?, paging.after()?);
    look(&api, &Question::Sittings { project, after, limit: paging.limit()? }, "project")
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
    look(&api, &Question::Complaints(parsed(&id, "project")?), "project")
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
    look(&api, &Question::Listing(parsed(&id, "project")?), "listing")
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
    look(&api, &Question::Models(parsed(&id, "project")?), "tender with building models")
}

/// Past projects imported as evidence; they were not run under these rules.
#[utoipa::path(get, path = "/v1/imported", tag = "projects", params(Paging),
    responses((status = 200, body = Page<ImportedProject>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn imported(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    Ok(page(api.node.imported(paging.after()?, paging.limit()?).map_err(ours)?))
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
    let question = Question::Indicators {
        centre: query.centre.as_deref().map(|org| parsed(org, "centre")).transpose()?,
        from: TimeMs::new(query.from_ms),
        until: TimeMs::new(query.until_ms),
    };
    look(&api, &question, "period so small")
}

/// Indicators the centres published, in the order of the records' ids; every node recomputed them.
#[utoipa::path(get, path = "/v1/indicators/published", tag = "indicators", params(Paging),
    responses((status = 200, body = Page<PublishedIndicators>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn published_indicators(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let question = Question::PublishedIndicators { after: paging.after()?, limit: paging.limit()? };
    look(&api, &question, "publication")
}

/// Whose nodes vote on blocks now, since which block, and how many votes decide one.
#[utoipa::path(get, path = "/v1/validators", tag = "chain",
    responses((status = 200, body = Validators), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"), (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn validators(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    look(&api, &Question::Validators, "block yet, so no validators")
}

/// The chain's groups for sealed bids and tokens: keys, the records they stand in, slots, and how many labels are due.
#[utoipa::path(get, path = "/v1/sealing", tag = "sealing",
    responses((status = 200, body = Sealing), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"), (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn sealing(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    look(&api, &Question::Sealing, "group for sealed bids")
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
    look(&api, &Question::TokenSignatures(parsed(&record, "record")?), "request for tokens")
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
    let question = Question::OpenedBids { project: parsed(&id, "project")?, after: paging.after()?, limit };
    look(&api, &question, "project")
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
    look(&api, &Question::Opening(parsed(&id, "project")?), "project")
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
    look(&api, &Question::SealedEntry(parsed(&digest, "digest")?), "sealed entry")
}
