//! Rulebooks, and the rules beside them: what district centres tighten, calendars, and what holds for one project.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::{Path, State};
use biaozheng_contracts::rulebook::books;
use biaozheng_contracts::{project, rulebook};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handler::{Answer, Api, NoQuery, Strict, list, parsed, text};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::rules::{Calendar, RulebookLine, Tightening};

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(rulebooks))
        .routes(routes!(rulebook))
        .routes(routes!(tightenings))
        .routes(routes!(tightening))
        .routes(routes!(calendars))
        .routes(routes!(effective))
}

/// The newest rulebook of each category.
#[utoipa::path(get, path = "/v1/rulebooks", tag = "rulebooks",
    responses((status = 200, body = Page<RulebookLine>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn rulebooks(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    list(books::rulebooks(&*api.node.newest().state))
}

/// A rulebook's text (TOML), exactly as published.
#[utoipa::path(get, path = "/v1/rulebooks/{digest}", tag = "rulebooks", params(("digest" = String, Path)),
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn rulebook(
    State(api): State<Api>,
    Path(digest): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    text(books::rulebook(&*api.node.newest().state, &parsed(&digest, "digest")?), "rulebook")
}

/// The newest text of each district centre and category that tightens the city's rulebook, with the values that hold and
/// those that lapsed.
#[utoipa::path(get, path = "/v1/tightenings", tag = "rulebooks",
    responses((status = 200, body = Page<Tightening>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn tightenings(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    list(rulebook::view::tightenings(&*api.node.newest().state))
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
    text(rulebook::view::tightening(&*api.node.newest().state, &parsed(&digest, "digest")?), "tightening")
}

/// Every calendar ever published, by year and version: holidays, and weekend days that are worked.
#[utoipa::path(get, path = "/v1/calendars", tag = "rulebooks",
    responses((status = 200, body = Page<Calendar>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn calendars(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    list(rulebook::view::calendars(&*api.node.newest().state))
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
    text(
        project::view::effective(&*api.node.newest().state, &parsed(&id, "project")?),
        "project with a rulebook",
    )
}
