//! Projects and their public records, and who takes part in them.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::Json;
use axum::extract::{Path, State};
use axum::response::IntoResponse as _;
use biaozheng_contracts::{parties, project, shown};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handler::{Answer, Api, NoQuery, OrderedPaging, Paging, Strict, ours, page, paged, parsed, shown};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::project::{Heads, Project, ProjectLine};
use crate::schemas::records::Record;
use crate::schemas::registry::Participant;

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(projects))
        .routes(routes!(project))
        .routes(routes!(project_heads))
        .routes(routes!(project_records))
        .routes(routes!(participants))
        .routes(routes!(participant))
}

/// Projects in the order of their ids, or the newest registered first.
#[utoipa::path(get, path = "/v1/projects", tag = "projects", params(OrderedPaging),
    responses((status = 200, body = Page<ProjectLine>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn projects(State(api): State<Api>, Strict(paging): Strict<OrderedPaging>) -> Answer {
    let (paging, newest) = paging.split();
    let limit = paging.limit()?;
    if newest {
        return Ok(page(api.node.projects_newest(paging.after()?, limit).map_err(ours)?));
    }
    let after = paging.after()?;
    paged(project::view::projects(&*api.node.newest().state, after.as_ref(), limit), limit)
}

/// A project: stage, terms, lots; bids only after the opening.
#[utoipa::path(get, path = "/v1/projects/{id}", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Project), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn project(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    shown(shown::project(&*api.node.newest().state, &parsed(&id, "project")?), "project")
}

/// What the next record must name as `previous`: the last step and the newest terms.
#[utoipa::path(get, path = "/v1/projects/{id}/heads", tag = "projects", params(("id" = String, Path)),
    responses((status = 200, body = Heads), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn project_heads(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let heads = project::view::heads(&*api.node.newest().state, &parsed(&id, "project")?).map_err(ours)?;
    let heads = heads.ok_or_else(|| Problem::not_found("project"))?;
    Ok(Json(heads).into_response())
}

/// A project's public records in order.
#[utoipa::path(get, path = "/v1/projects/{id}/records", tag = "projects", params(("id" = String, Path), Paging),
    responses((status = 200, body = Page<Record>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn project_records(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(paging): Strict<Paging>,
) -> Answer {
    let id = parsed(&id, "project")?;
    Ok(page(api.node.project_records(&id, paging.after()?, paging.limit()?).map_err(ours)?))
}

/// Participants in the order of their ids.
#[utoipa::path(get, path = "/v1/participants", tag = "participants", params(Paging),
    responses((status = 200, body = Page<Participant>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn participants(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    let (after, limit) = (paging.after()?, paging.limit()?);
    paged(parties::view::participants(&*api.node.newest().state, after.as_ref(), limit), limit)
}

/// A participant with roles and keys.
#[utoipa::path(get, path = "/v1/participants/{org}", tag = "participants", params(("org" = String, Path)),
    responses((status = 200, body = Participant), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn participant(
    State(api): State<Api>,
    Path(org): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    shown(
        parties::view::participant(&*api.node.newest().state, &parsed(&org, "organisation")?),
        "participant",
    )
}
