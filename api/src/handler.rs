//! What every handler stands on: the node it asks, its strict query, and the answers it gives.

#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use std::sync::Arc;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{FromRequestParts, Query};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::{IntoResponse, Response};
use biaozheng_contracts::StateFailure;
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use utoipa::{IntoParams, ToSchema};

use crate::backend::{Backend, BackendError, Lookup, Page};
use crate::limits::ApiLimits;
use crate::problem::Problem;

const PAGE_DEFAULT: usize = 50;
pub(crate) const PAGE_MAX: usize = 200;

pub(crate) type Node = Arc<dyn Backend>;
pub(crate) type Answer = Result<Response, Problem>;

#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) node: Node,
    pub(crate) limits: ApiLimits,
    pub(crate) streams: Arc<Semaphore>,
}

/// A query string, strictly: what is not known is refused.
pub(crate) struct Strict<T>(pub(crate) T);

impl<T: DeserializeOwned, S: Send + Sync> FromRequestParts<S> for Strict<T> {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let query: Result<Query<T>, QueryRejection> = Query::from_request_parts(parts, state).await;
        query
            .map(|Query(query)| Self(query))
            .map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "query", error.body_text()))
    }
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct Paging {
    /// Items of a page, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    pub(crate) limit: Option<usize>,
    /// The `next` of the page before.
    pub(crate) after: Option<String>,
}

/// Another order than a list's own.
#[derive(Deserialize, ToSchema, Clone, Copy, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Order {
    /// The newest first.
    Newest,
}

/// Paging of a list that can be read from its newest end.
#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
pub(crate) struct OrderedPaging {
    /// Items of a page, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `next` of the page before, of the same order.
    after: Option<String>,
    /// `newest` for the newest first; left out, the list's own order.
    #[param(inline)]
    order: Option<Order>,
}

impl OrderedPaging {
    /// The page, and whether it counts from the newest end.
    pub(crate) fn split(self) -> (Paging, bool) {
        (Paging { limit: self.limit, after: self.after }, self.order == Some(Order::Newest))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

impl Paging {
    pub(crate) fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(PAGE_DEFAULT) {
            limit @ 1..=PAGE_MAX => Ok(limit),
            _ => Err(Problem::new(StatusCode::BAD_REQUEST, "query", format!("'limit' is 1 to {PAGE_MAX}"))),
        }
    }

    pub(crate) fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
        let refuse =
            || Problem::new(StatusCode::BAD_REQUEST, "query", "'after' is not a cursor of this list");
        self.after.as_deref().map(|text| text.parse().map_err(|_| refuse())).transpose()
    }
}

pub(crate) fn parsed<T: std::str::FromStr>(text: &str, what: &str) -> Result<T, Problem>
where
    T::Err: std::fmt::Display,
{
    text.parse().map_err(|error| Problem::new(StatusCode::BAD_REQUEST, "path", format!("{what}: {error}")))
}

/// The node failed; what it says is for its log.
pub(crate) fn ours(error: impl Into<BackendError>) -> Problem {
    Problem::internal(&error.into())
}

/// A page of a list, and the cursor of the next one.
pub(crate) fn page(page: Page) -> Response {
    let (items, next) = page;
    Json(json!({"items": items, "next": next})).into_response()
}

pub(crate) fn found(value: Option<Value>, what: &str) -> Answer {
    value.map(|value| Json(value).into_response()).ok_or_else(|| Problem::not_found(what))
}

/// A register that may have nothing of this kind.
pub(crate) fn shown(value: Result<Option<Value>, StateFailure>, what: &str) -> Answer {
    found(value.map_err(ours)?, what)
}

/// A whole list on one page.
pub(crate) fn list(items: Result<Vec<Value>, StateFailure>) -> Answer {
    Ok(page((items.map_err(ours)?, None)))
}

/// A page whose cursor is the last row's id.
pub(crate) fn paged<T: ToString>(rows: Result<Vec<(T, Value)>, StateFailure>, limit: usize) -> Answer {
    let rows = rows.map_err(ours)?;
    let next = rows.last().filter(|_| rows.len() == limit).map(|(id, _)| id.to_string());
    Ok(page((rows.into_iter().map(|(_, row)| row).collect(), next)))
}

/// A text, exactly as it was published.
pub(crate) fn text(text: Result<Option<String>, StateFailure>, what: &str) -> Answer {
    let text = text.map_err(ours)?;
    text.map(IntoResponse::into_response).ok_or_else(|| Problem::not_found(what))
}

pub(crate) fn settled<T>(lookup: Lookup<T>, what: &str) -> Result<T, Problem> {
    match lookup {
        Lookup::Found(value) => Ok(value),
        Lookup::NotFound => Err(Problem::not_found(what)),
        Lookup::Pending { stage } => {
            let detail = "the record is received and not that far yet; ask again";
            Err(Problem::new(StatusCode::CONFLICT, "pending", detail).at_stage(stage).retry_after(1))
        }
        Lookup::Refused(why) => {
            let detail = why.get("message").and_then(Value::as_str).unwrap_or("refused");
            let code = why.get("code").and_then(Value::as_str).unwrap_or("refused");
            let problem = Problem::new(StatusCode::GONE, code, detail).at_stage("refused");
            Err(problem.signed(why.get("refusal").cloned()))
        }
    }
}
