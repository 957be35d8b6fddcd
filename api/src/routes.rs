//! The router: which handler answers which path, under which limits and layers. Handlers of each area are in the files of
//! `routes/`; those of records, projects and blocks are here.

#![allow(unused_qualifications, reason = "what the documentation macro expands to")]

use std::sync::Arc;
use std::time::Duration;

use axum::Json;
use axum::extract::rejection::QueryRejection;
use axum::extract::{DefaultBodyLimit, FromRequestParts, Path, Query, State};
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::middleware::{from_fn, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use biaozheng_ledger::digest::Digest;
use biaozheng_ledger::ids::{Height, RecordId};
use biaozheng_ledger::limits::{CERTIFICATE_BYTES_MAX, ENVELOPE_JSON_BYTES_MAX};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::{Value, json};
use tokio::sync::Semaphore;
use tower_http::catch_panic::CatchPanicLayer;
use tower_http::request_id::{MakeRequestUuid, PropagateRequestIdLayer, SetRequestIdLayer};
use tower_http::set_header::SetResponseHeaderLayer;
use utoipa::{IntoParams, OpenApi, ToSchema};
use utoipa_axum::router::OpenApiRouter;
use utoipa_axum::routes;

use crate::answers;
use crate::answers::chain::{Block, BlockLine, Consistency, Genesis, Inclusion};
use crate::answers::node::{Live, OperatorView, Ready, Status};
use crate::answers::project::{Heads, Project, ProjectLine};
use crate::answers::records::{Certificate, Envelope, Record, Submitted, Verification};
use crate::answers::registry::Participant;
use crate::answers::rules::RulebookLine;
use crate::backend::{Backend, BackendError, Lookup, Page, Settled, SubmitError, Wanted, Word};
use crate::deadline::{Whole, admit, in_time};
use crate::description::{complete, enter_bodies};
use crate::documents;
use crate::forms;
use crate::linger::linger;
use crate::log;
use crate::problem::Problem;
use crate::serve::ApiLimits;

mod decided;
mod events;
mod oversight;
mod records;
mod registry;
mod rules;
mod search;

const PAGE_DEFAULT: usize = 50;
const PAGE_MAX: usize = 200;

type Node = Arc<dyn Backend>;
pub(crate) type Answer = Result<Response, Problem>;

#[derive(Clone)]
pub(crate) struct Api {
    pub(crate) node: Node,
    pub(crate) limits: ApiLimits,
    pub(crate) streams: Arc<Semaphore>,
}

#[derive(OpenApi)]
#[openapi(
    info(
        title = "Biaozheng node",
        description = "A permissioned ledger for public-resource trading. 公共资源交易存证账本节点接口。Errors are RFC 9457 problem details with a stable `code`.",
        license(name = "Apache-2.0", identifier = "Apache-2.0")
    ),
    // A certificate and its anchors name each other, which nothing else would bring in.
    components(schemas(Problem, answers::records::Anchor))
)]
struct Description;

/// The OpenAPI 3.1 description of every route.
#[must_use]
pub fn openapi() -> Value {
    whole(documented(ApiLimits::default()).split_for_parts().1)
}

/// Completed, and with the bodies of records beside the answers.
fn whole(mut description: utoipa::openapi::OpenApi) -> Value {
    complete(&mut description);
    let mut description = serde_json::to_value(description).unwrap_or_default();
    enter_bodies(&mut description);
    description
}

/// Those that read a body or wait limit their time themselves; all others have one limit.
fn documented(limits: ApiLimits) -> OpenApiRouter<Api> {
    OpenApiRouter::with_openapi(Description::openapi())
        .routes(routes!(submit))
        .routes(routes!(verify))
        .routes(routes!(documents::put_document, documents::get_document))
        .merge(prompt().layer(from_fn_with_state(limits, in_time)))
}

fn prompt() -> OpenApiRouter<Api> {
    OpenApiRouter::new()
        .routes(routes!(record))
        .routes(routes!(certificate))
        .routes(routes!(forms::certificate_pdf))
        .routes(routes!(forms::receipt_cose))
        .routes(routes!(projects))
        .routes(routes!(project))
        .routes(routes!(project_heads))
        .routes(routes!(project_records))
        .routes(routes!(blocks))
        .routes(routes!(block))
        .routes(routes!(decided::block_records))
        .routes(routes!(checkpoint))
        .routes(routes!(consistency))
        .routes(routes!(inclusion))
        .routes(routes!(participants))
        .routes(routes!(participant))
        .routes(routes!(rulebooks))
        .routes(routes!(rulebook))
        .routes(routes!(events::events))
        .merge(registry::documented())
        .merge(oversight::documented())
        .merge(records::documented())
        .merge(rules::documented())
        .merge(search::documented())
        .routes(routes!(genesis))
        .routes(routes!(policy))
        .routes(routes!(status))
        .routes(routes!(operator))
        .routes(routes!(live))
        .routes(routes!(ready))
        .routes(routes!(metrics))
}

/// All routes with their layers.
pub fn router<B: Backend>(backend: Arc<B>, limits: ApiLimits) -> axum::Router {
    let (routes, description) = documented(limits).split_for_parts();
    let places = Arc::new(Semaphore::new(limits.requests_in_flight_max));
    let description = whole(description).to_string();
    let request_id = HeaderName::from_static("x-request-id");
    let set = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    routes
        .route(
            "/openapi.json",
            axum::routing::get(
                move || async move { ([(header::CONTENT_TYPE, "application/json")], description) },
            ),
        )
        .merge(crate::pages::routes())
        .merge(
            axum::Router::new()
                .route("/checkpoint", axum::routing::get(log::checkpoint))
                .route("/tile/{*path}", axum::routing::get(log::tile))
                .with_state::<Api>(Arc::clone(&backend) as Node),
        )
        .fallback(|| async { Problem::not_found("route") })
        .method_not_allowed_fallback(|| async {
            Problem::new(
                StatusCode::METHOD_NOT_ALLOWED,
                "method_not_allowed",
                "this route has no such method",
            )
        })
        .layer(DefaultBodyLimit::max(ENVELOPE_JSON_BYTES_MAX.max(CERTIFICATE_BYTES_MAX)))
        .layer(CatchPanicLayer::custom(|_: Box<dyn std::any::Any + Send>| {
            Problem::internal(&"a handler panicked").into_response()
        }))
        .layer(from_fn_with_state(places, admit))
        .layer(from_fn(linger))
        .layer(set(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(set(header::CACHE_CONTROL, "no-store"))
        .layer(set(header::ACCESS_CONTROL_ALLOW_ORIGIN, "*"))
        .layer(set(header::CONTENT_SECURITY_POLICY, "default-src 'none'"))
        .layer(PropagateRequestIdLayer::new(request_id.clone()))
        .layer(SetRequestIdLayer::new(request_id, MakeRequestUuid))
        .with_state(Api { node: backend, limits, streams: events::streams() })
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
struct Paging {
    /// Items of a page, 1 to 200; 50 when left out.
    #[param(minimum = 1, maximum = 200)]
    limit: Option<usize>,
    /// The `next` of the page before.
    after: Option<String>,
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
    fn split(self) -> (Paging, bool) {
        (Paging { limit: self.limit, after: self.after }, self.order == Some(Order::Newest))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct NoQuery {}

impl Paging {
    fn limit(&self) -> Result<usize, Problem> {
        match self.limit.unwrap_or(PAGE_DEFAULT) {
            limit @ 1..=PAGE_MAX => Ok(limit),
            _ => Err(Problem::new(StatusCode::BAD_REQUEST, "query", format!("'limit' is 1 to {PAGE_MAX}"))),
        }
    }

    fn after<T: std::str::FromStr>(&self) -> Result<Option<T>, Problem> {
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

pub(crate) fn ours(error: BackendError) -> Problem {
    Problem::internal(&error)
}

fn page(page: Page) -> Response {
    let (items, next) = page;
    Json(json!({"items": items, "next": next})).into_response()
}

fn found(value: Option<Value>, what: &str) -> Answer {
    value.map(|value| Json(value).into_response()).ok_or_else(|| Problem::not_found(what))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct SubmitQuery {
    /// `receipt` (default), `committed` or `certificate`.
    wait: Option<String>,
    /// How long to wait, milliseconds; 10,000 when left out.
    timeout_ms: Option<u64>,
}

/// Submit a signed record (DSSE JSON).
///
/// The receipt is a signed promise that the record will stand in the ledger. Submitting the same record again is
/// harmless: while it waits there is a receipt, and once it stands there its block and no receipt.
#[utoipa::path(post, path = "/v1/records", tag = "records", params(SubmitQuery),
    request_body(content = Envelope, content_type = "application/json", description = "A DSSE envelope"),
    responses(
        (status = 200, description = "It stood in the ledger already: `block` says where, and there is no receipt", body = Submitted),
        (status = 201, description = "In the ledger: `{record, stage, receipt, block, certificate?}`", body = Submitted),
        (status = 202, description = "Received: `{record, stage, receipt, block}`", body = Submitted),
        (status = 400, description = "Not a record of this chain", body = Problem, content_type = "application/problem+json"),
        (status = 403, description = "A signature does not hold", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly", body = Problem, content_type = "application/problem+json"),
        (status = 413, description = "Too large", body = Problem, content_type = "application/problem+json"),
        (status = 422, description = "Refused by the rules of trading", body = Problem, content_type = "application/problem+json"),
        (status = 429, description = "No room now", body = Problem, content_type = "application/problem+json"),
        (status = 500, description = "The node failed", body = Problem, content_type = "application/problem+json"),
        (status = 503, description = "Not ready to promise anything", body = Problem, content_type = "application/problem+json")))]
async fn submit(
    State(api): State<Api>,
    Strict(query): Strict<SubmitQuery>,
    Whole(envelope): Whole<ENVELOPE_JSON_BYTES_MAX>,
) -> Answer {
    let wanted = match query.wait.as_deref() {
        None | Some("receipt") => None,
        Some("committed") => Some(Wanted::Committed),
        Some("certificate") => Some(Wanted::Certificate),
        Some(_) => {
            return Err(Problem::new(
                StatusCode::BAD_REQUEST,
                "query",
                "'wait' is receipt, committed or certificate",
            ));
        }
    };
    let timeout = Duration::from_millis(query.timeout_ms.unwrap_or(10_000).min(api.limits.wait_ms_max));
    let limit = Duration::from_millis(api.limits.request_timeout_ms);
    let submitted = tokio::time::timeout(limit, api.node.submit(envelope))
        .await
        .map_err(|_| {
            Problem::new(
                StatusCode::SERVICE_UNAVAILABLE,
                "slow",
                "the node took too long; submit again, it is harmless",
            )
            .retry_after(1)
        })?
        .map_err(|error| match error {
            SubmitError::Malformed(detail) => {
                Problem::new(StatusCode::BAD_REQUEST, "record.malformed", detail)
            }
            SubmitError::Signature(detail) => Problem::new(StatusCode::FORBIDDEN, "record.signature", detail),
            SubmitError::Refused(reject) => Problem::refused(&reject),
            SubmitError::Busy { retry_after_s } => Problem::new(
                StatusCode::TOO_MANY_REQUESTS,
                "busy",
                "too many records wait; submit again later",
            )
            .retry_after(retry_after_s),
            SubmitError::NotReady(detail) => {
                Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", detail).retry_after(2)
            }
            SubmitError::Internal(detail) => Problem::internal(&detail),
        })?;
    let (id, word) = (submitted.id, submitted.word);
    let stands = matches!(word, Word::Stands(_));
    let Some(wanted) = wanted else {
        let (status, stage) =
            if stands { (StatusCode::OK, "committed") } else { (StatusCode::ACCEPTED, "received") };
        return Ok((status, Json(submission(&id, stage, &word))).into_response());
    };
    let done = if stands { StatusCode::OK } else { StatusCode::CREATED };
    Ok(match api.node.wait(id, wanted, timeout).await.map_err(ours)? {
        Settled::Refused(reject) => return Err(Problem::refused(&reject)),
        // What stands is committed, and waits for its checkpoint alone.
        Settled::Timeout { stage } => {
            let stage = if stands { "committed" } else { stage };
            (StatusCode::ACCEPTED, Json(submission(&id, stage, &word))).into_response()
        }
        Settled::Committed => (done, Json(submission(&id, "committed", &word))).into_response(),
        Settled::Certified(certificate) => {
            // The certificate is JSON already: put in as it is, not parsed and written again.
            let mut text = submission(&id, "certified", &word).to_string();
            text.truncate(text.len().saturating_sub(1));
            let text = format!(r#"{text},"certificate":{certificate}}}"#);
            (done, [(header::CONTENT_TYPE, "application/json")], text).into_response()
        }
    })
}

/// What is said of a submitted record: a promise, or the place where it stands.
fn submission(id: &RecordId, stage: &str, word: &Word) -> Value {
    let (receipt, block) = match word {
        Word::Receipt(receipt) => (receipt.clone(), Value::Null),
        Word::Stands(block) => (Value::Null, json!(block)),
    };
    json!({"record": id, "stage": stage, "receipt": receipt, "block": block})
}

fn looked<T>(lookup: Lookup<T>, show: impl FnOnce(T) -> Response) -> Answer {
    settled(lookup, "record").map(show)
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

/// A record with its place; its envelope only where its body is public.
#[utoipa::path(get, path = "/v1/records/{id}", tag = "records", params(("id" = String, Path, description = "sha256:…")),
    responses((status = 200, body = Record), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Received, not yet in a block", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn record(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    looked(api.node.record(&parsed(&id, "record id")?).map_err(ours)?, |value| Json(value).into_response())
}

/// A record's certificate.
#[utoipa::path(get, path = "/v1/records/{id}/certificate", tag = "records", params(("id" = String, Path, description = "sha256:…")),
    responses((status = 200, body = Certificate), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not yet under a cosigned checkpoint", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn certificate(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    looked(api.node.certificate(&parsed(&id, "record id")?).map_err(ours)?, |text| {
        ([(header::CONTENT_TYPE, "application/json")], text).into_response()
    })
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct VerifyQuery {
    /// SHA-256 of a document that should be one of the record's, `sha256:…`.
    document: Option<String>,
    /// Its size, bytes.
    size: Option<u64>,
}

/// Verify an uploaded certificate against this node's chain. The offline verifier needs no node.
#[utoipa::path(post, path = "/v1/certificates/verify", tag = "certificates", params(VerifyQuery),
    request_body(content = Certificate, content_type = "application/json", description = "A certificate"),
    responses((status = 200, description = "Every step with its outcome", body = Verification),
        (status = 400, description = "Not a certificate", body = Problem, content_type = "application/problem+json"),
        (status = 408, description = "The body came too slowly", body = Problem, content_type = "application/problem+json"),
        (status = 413, body = Problem, content_type = "application/problem+json")))]
async fn verify(
    State(api): State<Api>,
    Strict(query): Strict<VerifyQuery>,
    Whole(certificate): Whole<CERTIFICATE_BYTES_MAX>,
) -> Answer {
    let digest: Option<Digest> =
        query.document.as_deref().map(|text| parsed(text, "document")).transpose()?;
    if digest.is_some() != query.size.is_some() {
        return Err(Problem::new(StatusCode::BAD_REQUEST, "query", "'document' and 'size' go together"));
    }
    let verdict = api.node.verify(&certificate, digest.zip(query.size));
    verdict
        .map(|value| Json(value).into_response())
        .map_err(|detail| Problem::new(StatusCode::BAD_REQUEST, "certificate.unusable", detail))
}

/// Projects in the order of their ids, or the newest registered first.
#[utoipa::path(get, path = "/v1/projects", tag = "projects", params(OrderedPaging),
    responses((status = 200, body = answers::Page<ProjectLine>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn projects(State(api): State<Api>, Strict(paging): Strict<OrderedPaging>) -> Answer {
    let (paging, newest) = paging.split();
    let limit = paging.limit()?;
    let found = if newest {
        api.node.projects_newest(paging.after()?, limit)
    } else {
        api.node.projects(paging.after()?.as_ref(), limit)
    };
    Ok(page(found.map_err(ours)?))
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
    found(api.node.project(&parsed(&id, "project")?).map_err(ours)?, "project")
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
    found(api.node.project_heads(&parsed(&id, "project")?).map_err(ours)?, "project")
}

/// A project's public records in order.
#[utoipa::path(get, path = "/v1/projects/{id}/records", tag = "projects", params(("id" = String, Path), Paging),
    responses((status = 200, body = answers::Page<Record>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn project_records(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(paging): Strict<Paging>,
) -> Answer {
    let id = parsed(&id, "project")?;
    Ok(page(api.node.project_records(&id, paging.after()?, paging.limit()?).map_err(ours)?))
}

/// Blocks from the first on, or from the newest on.
#[utoipa::path(get, path = "/v1/blocks", tag = "chain", params(OrderedPaging),
    responses((status = 200, body = answers::Page<BlockLine>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn blocks(State(api): State<Api>, Strict(paging): Strict<OrderedPaging>) -> Answer {
    let (paging, newest) = paging.split();
    let after = paging.after()?.map(Height::new);
    let limit = paging.limit()?;
    let found = if newest { api.node.blocks_newest(after, limit) } else { api.node.blocks(after, limit) };
    Ok(page(found.map_err(ours)?))
}

/// A block: header and the ids of its records.
#[utoipa::path(get, path = "/v1/blocks/{height}", tag = "chain", params(("height" = u64, Path)),
    responses((status = 200, body = Block), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn block(
    State(api): State<Api>,
    Path(height): Path<String>,
    Strict(NoQuery {}): Strict<NoQuery>,
) -> Answer {
    let height: u64 = parsed(&height, "height")?;
    found(api.node.block(Height::new(height)).map_err(ours)?, "block")
}

/// The newest cosigned checkpoint, a C2SP signed note.
#[utoipa::path(get, path = "/v1/checkpoint", tag = "chain",
    responses((status = 200, body = String, content_type = "text/plain"),
        (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "None yet", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn checkpoint(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    let note = api.node.checkpoint().map_err(ours)?;
    note.map(IntoResponse::into_response).ok_or_else(|| Problem::not_found("checkpoint yet"))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct ConsistencyQuery {
    /// The smaller tree's size.
    from: u64,
    /// The larger tree's size.
    to: u64,
}

/// RFC 9162 consistency proof between two tree sizes.
#[utoipa::path(get, path = "/v1/consistency", tag = "chain", params(ConsistencyQuery),
    responses((status = 200, body = Consistency), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn consistency(State(api): State<Api>, Strict(query): Strict<ConsistencyQuery>) -> Answer {
    found(api.node.consistency(query.from, query.to).map_err(ours)?, "pair of tree sizes")
}

/// Participants in the order of their ids.
#[utoipa::path(get, path = "/v1/participants", tag = "participants", params(Paging),
    responses((status = 200, body = answers::Page<Participant>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn participants(State(api): State<Api>, Strict(paging): Strict<Paging>) -> Answer {
    Ok(page(api.node.participants(paging.after()?.as_ref(), paging.limit()?).map_err(ours)?))
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
    found(api.node.participant(&parsed(&org, "organisation")?).map_err(ours)?, "participant")
}

/// The newest rulebook of each category.
#[utoipa::path(get, path = "/v1/rulebooks", tag = "rulebooks",
    responses((status = 200, body = answers::Page<RulebookLine>), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn rulebooks(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(page((api.node.rulebooks().map_err(ours)?, None)))
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
    let text = api.node.rulebook(&parsed(&digest, "digest")?).map_err(ours)?;
    text.map(IntoResponse::into_response).ok_or_else(|| Problem::not_found("rulebook"))
}

#[derive(Deserialize, IntoParams)]
#[serde(deny_unknown_fields)]
#[into_params(parameter_in = Query)]
struct InclusionQuery {
    /// Leaves of the tree: those of the checkpoint the proof is for.
    size: u64,
}

/// RFC 9162 inclusion proof of a record in the history tree of any size, old ones too: with a kept checkpoint of that size
/// it makes the record's certificate again, byte for byte.
#[utoipa::path(get, path = "/v1/records/{id}/inclusion", tag = "records",
    params(("id" = String, Path, description = "sha256:…"), InclusionQuery),
    responses((status = 200, body = Inclusion), (status = 400, body = Problem, content_type = "application/problem+json"),
        (status = 404, description = "No such record, or none in a tree of this size", body = Problem, content_type = "application/problem+json"),
        (status = 409, description = "Received, not yet in a block", body = Problem, content_type = "application/problem+json"),
        (status = 410, description = "Refused after its receipt", body = Problem, content_type = "application/problem+json"),
        (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn inclusion(
    State(api): State<Api>,
    Path(id): Path<String>,
    Strict(query): Strict<InclusionQuery>,
) -> Answer {
    let lookup = api.node.inclusion(&parsed(&id, "record id")?, query.size).map_err(ours)?;
    settled(lookup, "record in a tree of this size").map(|value| Json(value).into_response())
}

/// The genesis document.
#[utoipa::path(get, path = "/v1/genesis", tag = "chain", responses((status = 200, body = Genesis),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn genesis(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(([(header::CONTENT_TYPE, "application/json")], api.node.genesis()).into_response())
}

/// The C2SP policy of this chain. Get it once from several nodes, or from print.
#[utoipa::path(get, path = "/v1/policy", tag = "chain", responses((status = 200, body = String, content_type = "text/plain"),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn policy(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(api.node.policy().into_response())
}

/// Where this node stands; when the chain stands, who is missing.
#[utoipa::path(get, path = "/v1/status", tag = "node", responses((status = 200, body = Status),
    (status = 400, body = Problem, content_type = "application/problem+json")))]
async fn status(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(Json(api.node.status().await).into_response())
}

/// This node for those who run it: space on its disks, its keys and when they are to be renewed.
#[utoipa::path(get, path = "/v1/operator", tag = "node", responses((status = 200, body = OperatorView),
    (status = 400, body = Problem, content_type = "application/problem+json"),
    (status = 500, body = Problem, content_type = "application/problem+json")))]
async fn operator(State(api): State<Api>, Strict(NoQuery {}): Strict<NoQuery>) -> Answer {
    Ok(Json(api.node.operator().map_err(ours)?).into_response())
}

/// The process runs.
#[utoipa::path(get, path = "/health/live", tag = "node", responses((status = 200, body = Live)))]
async fn live() -> Response {
    Json(json!({"live": true})).into_response()
}

/// The node can promise and serve.
#[utoipa::path(get, path = "/health/ready", tag = "node", responses((status = 200, body = Ready),
    (status = 503, body = Problem, content_type = "application/problem+json")))]
async fn ready(State(api): State<Api>) -> Answer {
    let reasons = api.node.not_ready();
    if reasons.is_empty() {
        return Ok(Json(json!({"ready": true})).into_response());
    }
    Err(Problem::new(StatusCode::SERVICE_UNAVAILABLE, "not_ready", reasons.join("; ")).retry_after(2))
}

/// Metrics in OpenMetrics text.
#[utoipa::path(get, path = "/metrics", tag = "node", responses((status = 200, body = String, content_type = "application/openmetrics-text")))]
async fn metrics(State(api): State<Api>) -> Response {
    let kind = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    ([(header::CONTENT_TYPE, kind)], api.node.metrics()).into_response()
}
