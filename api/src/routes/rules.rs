//! Rules beside the rulebooks: what district centres tighten, calendars, and what holds for one project.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::{Path, State};
use axum::response::IntoResponse;
use serde_json::Value;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use super::{Answer, Api, NoQuery, Strict, found, ours, parsed};
use crate::answers::Page;
use crate::answers::rules::{Calendar, Tightening};
use crate::backend::Question;
use crate::problem::Problem;

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(tightenings))
        .routes(routes!(tightening))
        .routes(routes!(calendars))
        .routes(routes!(effective))
}

fn text(api: &Api, question: &Question, what: &str) -> Answer {
    match api.node.look(question).map_err(ours)? {
        Some(Value::String(text)) => Ok(text.into_response()),
        _ => Err(Problem::not_found(what)),
    }
}

/// The newest text of each district centre and category that tightens the city's rulebook, with the values that hold and
/// those that lapsed.
#[utoipa::path(get, path = "/v1/tightenings", tag = "rulebooks",
    responses((status = 200, body = Page<Tightening>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn tightenings(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    found(api.node.look(&Question::Tightenings).map_err(ours)?, "tightening")
}

/// A district's text (TOML), exactly as published.
#[utoipa::path(get, path = "/v1/tightenings/{digest}", tag = "rulebooks", params(("digest" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn tightening(
    State(api): State<Api>,
    Path(digest): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    text(&api, &Question::Tightening(parsed(&digest, "digest")?), "tightening")
}

/// Every calendar ever published, by year and version: holidays, and weekend days that are worked.
#[utoipa::path(get, path = "/v1/calendars", tag = "rulebooks",
    responses((status = 200, body = Page<Calendar>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn calendars(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    found(api.node.look(&Question::Calendars).map_err(ours)?, "calendar")
}

/// What holds for a project as one text (TOML): its rulebook with its district's stricter values and its calendars.
#[utoipa::path(get, path = "/v1/projects/{id}/rulebook", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn effective(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    text(&api, &Question::ProjectRulebook(parsed(&id, "project")?), "project with a rulebook")
}
