//! A search by words over what lists show to anyone.
#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use axum::extract::State;
use axum::http::StatusCode;
use biaozheng_contracts::project::search::Place;
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::handler::{Answer, Api, Paging, Strict, ours, page};
use crate::problem::Problem;
use crate::schemas::Page;
use crate::schemas::search::SearchHit;

/// Characters of a question.
const QUESTION_CHARACTERS_MAX: usize = 80;

pub(super) fn documented() -> OpenApiRouter<Api> {
    OpenApiRouter::new().routes(routes!(search))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SearchQuery {
    /// Words, all of which must occur, anywhere and in any order; 80 characters at most. Width and case do not count:
    /// NFKC, then small letters.
    #[param(min_length = 1, max_length = 80)]
    q: String,
    /// Items of a page, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `next` of the page before, for the same words.
    after: Option<String>,
}

/// Projects by id, title, code and the titles of their lots, and participants by id and name. A page looks at 1,000 of
/// them at most: it may hold few, or none, and more may follow.
#[utoipa::path(get, path = "/v1/search", tag = "projects", params(SearchQuery),
    responses((status = 200, body = Page<SearchHit>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn search(State(api): State<Api>, Strict(query): Strict<SearchQuery>) -> Answer {
    let SearchQuery { q: words, limit, after } = query;
    if words.is_empty() || words.chars().count() > QUESTION_CHARACTERS_MAX {
        let detail = format!("'q' is 1 to {QUESTION_CHARACTERS_MAX} characters");
        return Err(Problem::new(StatusCode::BAD_REQUEST, "query", detail));
    }
    let paging = Paging { limit, after };
    let (after, limit) = (paging.after::<Place>()?, paging.limit()?);
    Ok(page(api.node.search(&words, after.as_ref(), limit).map_err(ours)?))
}
